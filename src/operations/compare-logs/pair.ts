/*
 * Two logs side by side, in zxid order: runs of records that are the same byte for byte (compared as memory, many
 * records at once), pairs under one zxid that are not, and what only one side has.
 */
import { compareTxns, type TxnComparison } from '../../formats/txnlog/same-txn.ts'
import type { Side } from './side.ts'

/** Is told what there is, in order; the sides stand at the record. */
export interface PairSink {
  /** The next `rows` records of both are the same. */
  same(rows: number, bytes: number): void
  /** The records at hand have one zxid, but not the same bytes. */
  other(comparison: TxnComparison): void
  /** The next `rows` records of `side` have zxids that the other one passes over. */
  only(side: 'a' | 'b', rows: number): void
}

/** Walks both sides to their ends. */
export async function pairLogs(a: Side, b: Side, sink: PairSink): Promise<void> {
  // how many records are compared at once: halved down to a difference, doubled behind it
  let stride = Number.POSITIVE_INFINITY
  const alone = (name: 'a' | 'b', side: Side, below: bigint | null) => {
    const rows = side.rowsBelow(below)
    sink.only(name, rows)
    side.pass(rows)
  }
  for (;;) {
    // no promise per record
    const hasA = a.hasNext || (await a.fill())
    const hasB = b.hasNext || (await b.fill())
    if (!hasA && !hasB) return
    if (!hasB) alone('a', a, null)
    else if (!hasA) alone('b', b, null)
    else {
      const rows = sameRows(a, b, stride)
      if (rows > 0) {
        sink.same(rows, spanOf(a, rows))
        stride = Math.max(1, rows) * 2
        a.pass(rows)
        b.pass(rows)
        continue
      }
      stride = 1
      const [left, right] = [a.nextZxid!, b.nextZxid!]
      if (left < right) alone('a', a, right)
      else if (left > right) alone('b', b, left)
      else {
        sink.other(compareTxns(a.payload(), b.payload()))
        a.pass(1)
        b.pass(1)
      }
    }
  }
}

/** Bytes from the record at hand over `rows` records: they lie one behind the other. */
function spanOf({ batch, row }: Side, rows: number): number {
  const { table } = batch!
  const last = row + rows - 1
  return table[2 * last]! + table[2 * last + 1]! + 13 - table[2 * row]!
}

/** How many records, at most `most`, are the same bytes on both sides. */
function sameRows(a: Side, b: Side, most: number): number {
  let rows = Math.min(a.batch!.count - a.row, b.batch!.count - b.row, most)
  while (rows > 0 && !isSame(a, b, rows)) rows >>= 1
  return rows
}

function isSame(a: Side, b: Side, rows: number): boolean {
  const span = spanOf(a, rows)
  if (span !== spanOf(b, rows)) return false
  const from = a.batch!.table[2 * a.row]!
  const to = b.batch!.table[2 * b.row]!
  return Buffer.compare(a.batch!.bytes.subarray(from, from + span), b.batch!.bytes.subarray(to, to + span)) === 0
}
