/* The zxids of a replay held against each other: holes, repetitions, and what a release refuses. */
import { OP } from '../../formats/txnlog/ops.ts'
import { FIELD, type RecordBatch, zxidAt } from '../../formats/txnlog/scan.ts'
import { hex64 } from '../../support/hex.ts'
import type { NamedLog } from './listing.ts'
import { type Refusal, unknownType } from './log-refusals.ts'
import type { LoaderSettings } from './settings.ts'

/** Transactions [first, last] that are missing in front of a record. */
export interface Hole {
  readonly first: bigint
  readonly last: bigint
  /** Where the record behind it lies. */
  readonly file: string
  readonly offset: number
  /** Right behind the snapshot. */
  readonly atStart: boolean
}

const MOST_HOLES = 1000

/** Holds zxids against each other in the order of the replay. */
export function zxidCheck(start: bigint, settings: LoaderSettings) {
  const holes: Hole[] = []
  let holesOmitted = 0
  let repeated = 0
  let any = false
  // words of the highest zxid so far
  let high = Number(start >> 32n)
  let low = Number(start & 0xffffffffn)
  const hole = (first: bigint, last: bigint, file: string, offset: number) => {
    if (holes.length < MOST_HOLES) holes.push({ first, last, file, offset, atStart: !any })
    else holesOmitted++
  }
  const fill = (zxid: bigint) => {
    const at = holes.findIndex(({ first, last }) => first <= zxid && zxid <= last)
    if (at === -1) return
    const { first, last, ...rest } = holes[at]!
    const left = [
      { first, last: zxid - 1n, ...rest },
      { first: zxid + 1n, last, ...rest },
    ]
    holes.splice(at, 1, ...left.filter((one) => one.first <= one.last))
  }
  return {
    /** Rows [row, end) are applied. */
    batch(batch: RecordBatch, row: number, log: NamedLog): { end: number; refusal: Refusal | null } {
      const { view, table, base, count } = batch
      const known = settings.newTypes ? count : knownRows(batch)
      for (let i = row; i < known; i++) {
        const record = table[2 * i]!
        const zxidHigh = view.getUint32(record + FIELD.zxid)
        const zxidLow = view.getUint32(record + FIELD.zxid + 4)
        const sameEpoch = zxidHigh === high
        if (sameEpoch ? zxidLow <= low : zxidHigh < high) {
          repeated++
          if (holes.length > 0) fill(zxidAt(batch, i))
        } else {
          if (sameEpoch ? zxidLow > low + 1 : zxidLow > 1) {
            const zxid = zxidAt(batch, i)
            const before = sameEpoch ? (BigInt(high) << 32n) + BigInt(low) : BigInt(zxidHigh) << 32n
            if (settings.refusesGaps && any && sameEpoch) {
              const at = { file: log.file, offset: base + record, zxid }
              const message = `java.lang.IllegalStateException: Committed proposal cached out of order: ${hex64(zxid)} is not the next proposal of ${hex64(before)}`
              return { end: i, refusal: { code: 'log.gap', message, ...at, after: before } }
            }
            hole(before + 1n, zxid - 1n, log.file, base + record)
          }
          high = zxidHigh
          low = zxidLow
        }
        any = true
      }
      return { end: known, refusal: known === count ? null : unknownAt(batch, known, log, settings) }
    },
    result: () => ({ holes, holesOmitted, repeated }),
  }
}

/** How many rows come before the first of a type that 3.4 does not know. */
function knownRows({ view, table, count }: RecordBatch): number {
  for (let i = 0; i < count; i++) if (isNewType(view.getInt32(table[2 * i]! + FIELD.type))) return i
  return count
}

function unknownAt(batch: RecordBatch, row: number, { file }: NamedLog, settings: LoaderSettings): Refusal {
  const { view, table, base } = batch
  const at = table[2 * row]!
  const place = { file, offset: base + at, zxid: zxidAt(batch, row) }
  return unknownType(view.getInt32(at + FIELD.type), place, settings)
}

function isNewType(type: number): boolean {
  return (
    type === OP.create2 ||
    type === OP.reconfig ||
    type === OP.createContainer ||
    type === OP.deleteContainer ||
    type === OP.createTTL
  )
}
