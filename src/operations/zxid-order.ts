import { zxidAt } from '../formats/txnlog/scan.ts'
import type { Finding } from '../support/finding.ts'
import type { LogBatch } from './read-logs.ts'
import { duplicate, missing, outOfOrder, overlap } from './zxid-findings.ts'

/** A step from one zxid to a next one that is not the ordinary plus one. */
export interface Gap {
  readonly after: bigint
  readonly before: bigint
  /** The step to counter 1 of a higher epoch. */
  readonly expectedNormal: boolean
}

/** Steps that are listed; what is more is counted. */
const MOST_GAPS = 100_000
/** Findings of one kind in one file; what is more is counted in the last one. */
const MOST_PER_FILE = 20

/** Holds each zxid against the one before it, across files. `snapshots`: zxids of the snapshots at hand. */
export function orderCheck(snapshots: readonly bigint[]) {
  const gaps: Gap[] = []
  let gapsOmitted = 0
  let found: Finding[] = []
  let suppressed = 0
  let previous: { zxid: bigint; file: string } | undefined
  /** The highest zxid before a step back. */
  let highest: bigint | undefined

  const step = (before: { zxid: bigint; file: string }, zxid: bigint, batch: LogBatch, i: number) => {
    const said = judge(before, zxid, batch)
    if (said === undefined) return
    const at = { file: batch.log.file, offset: batch.table[2 * i]! + batch.base, zxid }
    const evidence = { previous: before.zxid, previousFile: before.file, ...said.evidence }
    if (found.length < MOST_PER_FILE) found.push({ ...said, ...at, evidence })
    else suppressed++
  }

  const judge = (before: { zxid: bigint; file: string }, zxid: bigint, { log }: LogBatch) => {
    if (zxid > before.zxid) {
      const expectedNormal = zxid >> 32n > before.zxid >> 32n && (zxid & 0xffffffffn) === 1n
      if (gaps.length < MOST_GAPS) gaps.push({ after: before.zxid, before: zxid, expectedNormal })
      else gapsOmitted++
      // behind a step back only what lies above everything seen is new
      const last = highest !== undefined && highest > before.zxid ? highest : before.zxid
      return expectedNormal || zxid <= last + 1n ? undefined : missing(last, zxid, snapshots)
    }
    if (highest === undefined || before.zxid > highest) highest = before.zxid
    if (before.file !== log.file) return overlap(before.zxid, zxid, log.stray !== false)
    return zxid === before.zxid ? duplicate(zxid) : outOfOrder(before.zxid, zxid)
  }

  return {
    gaps,
    gapsOmitted: () => gapsOmitted,
    batch(batch: LogBatch) {
      const { view, table, count, log } = batch
      let high = previous === undefined ? 0 : Number(BigInt.asIntN(32, previous.zxid >> 32n))
      let low = previous === undefined ? 0 : Number(BigInt.asUintN(32, previous.zxid))
      let known = previous !== undefined
      let file = previous?.file ?? log.file
      for (let i = 0; i < count; i++) {
        const at = table[2 * i]! + 24
        const nextHigh = view.getInt32(at)
        const nextLow = view.getUint32(at + 4)
        // the ordinary step, without a BigInt per record
        if (known && !(nextHigh === high && nextLow === low + 1)) {
          step({ zxid: (BigInt(high) << 32n) | BigInt(low), file }, zxidAt(batch, i), batch, i)
        }
        high = nextHigh
        low = nextLow
        known = true
        file = log.file
      }
      previous = { zxid: zxidAt(batch, count - 1), file: log.file }
    },
    endOfFile(): Finding[] {
      const last = found.at(-1)
      if (last !== undefined && suppressed > 0) {
        found[found.length - 1] = { ...last, evidence: { ...last.evidence, moreOfTheSame: suppressed } }
      }
      const result = found
      found = []
      suppressed = 0
      return result
    },
  }
}
