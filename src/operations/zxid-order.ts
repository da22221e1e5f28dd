import { zxidAt } from '../formats/txnlog/scan.ts'
import type { Finding } from '../support/finding.ts'
import { hex64 } from '../support/hex.ts'
import type { LogBatch } from './read-logs.ts'

/** A step from one zxid to a next one that is not the ordinary plus one. */
export interface Gap {
  readonly after: bigint
  readonly before: bigint
  /** The step to counter 1 of a higher epoch. */
  readonly expectedNormal: boolean
}

/** Findings of one kind in one file; what is more is counted in the last one. */
const MOST_PER_FILE = 20

/**
 * Holds each zxid against the one before it, across files. `snapshots`: zxids of the snapshots at hand; one at or above
 * the last missing zxid bridges a gap, as after a SNAP sync.
 */
export function orderCheck(snapshots: readonly bigint[]) {
  const gaps: Gap[] = []
  let found: Finding[] = []
  let suppressed = 0
  let previous: { zxid: bigint; file: string } | undefined

  const report = (finding: Finding) => {
    if (found.length < MOST_PER_FILE) found.push(finding)
    else suppressed++
  }

  const step = (before: { zxid: bigint; file: string }, zxid: bigint, batch: LogBatch, i: number) => {
    const at = { file: batch.log.file, offset: batch.table[2 * i]! + batch.base, zxid }
    const evidence = { previous: before.zxid, previousFile: before.file }
    if (zxid > before.zxid) {
      const expectedNormal = zxid >> 32n > before.zxid >> 32n && (zxid & 0xffffffffn) === 1n
      gaps.push({ after: before.zxid, before: zxid, expectedNormal })
      if (expectedNormal) return
      const bridged = snapshots.some((snapshot) => snapshot >= zxid - 1n)
      report({
        code: 'log.gap',
        severity: bridged ? 'info' : 'error',
        message: `transactions between ${hex64(before.zxid)} and ${hex64(zxid)} are missing${bridged ? '; a snapshot bridges them' : ''}`,
        ...at,
        evidence,
        ...(bridged
          ? {}
          : { remedy: 'A member of a healthy ensemble: wipe it and let it resync. Otherwise find the missing log.' }),
      })
    } else if (before.file !== batch.log.file) {
      report({
        code: 'log.overlap',
        severity: batch.log.stray ? 'warning' : 'error',
        message: `the log begins at ${hex64(zxid)}, but the one before it ends at ${hex64(before.zxid)}: servers apply these records again`,
        ...at,
        evidence,
        remedy:
          'Harmless only if both hold the same records; otherwise move the one that does not belong out of version-2.',
      })
    } else if (zxid === before.zxid) {
      report({
        code: 'log.duplicate',
        severity: 'info',
        message: `the zxid ${hex64(zxid)} comes twice`,
        ...at,
        evidence,
      })
    } else {
      report({
        code: 'log.out-of-order',
        severity: 'error',
        message: `${hex64(zxid)} comes after ${hex64(before.zxid)}: servers apply it all the same`,
        ...at,
        evidence,
        remedy: 'Two histories are mixed in this file; do not start a server on it.',
      })
    }
  }

  return {
    gaps,
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
