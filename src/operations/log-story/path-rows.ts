/*
 * Which records of a batch name a path, found without decoding them: the path's bytes are searched over the whole batch,
 * and what is hit is a row that may name it.
 */
import type { RecordBatch } from '../../formats/txnlog/scan.ts'

/** Rows in ascending order; some of them may hold the bytes elsewhere than in a path. */
export type PathRows = (batch: RecordBatch) => readonly number[]

/** `recursive`: the path and all below it. */
export function pathRows(path: string, recursive: boolean): PathRows {
  if (recursive && path === '/') return ({ count }) => Array.from({ length: count }, (_, row) => row)
  const text = Buffer.from(path)
  // alone it stands behind its own length
  const needle = recursive ? text : Buffer.concat([lengthField(text.length), text])
  return ({ find, table, count }) => {
    const end = endOfRow(table, count - 1)
    const rows: number[] = []
    let row = 0
    for (let hit = find(table[0]!, end, needle); hit < end; hit = find(endOfRow(table, row), end, needle)) {
      row = rowAt(table, row, count, hit)
      rows.push(row)
    }
    return rows
  }
}

function lengthField(length: number): Buffer {
  const field = Buffer.alloc(4)
  field.writeInt32BE(length)
  return field
}

function endOfRow(table: Uint32Array, row: number): number {
  return table[2 * row]! + table[2 * row + 1]! + 13
}

/** The row in [from, to) that holds the byte at `index`; rows lie one behind the other. */
function rowAt(table: Uint32Array, from: number, to: number, index: number): number {
  let low = from
  let high = to - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (table[2 * middle]! <= index) low = middle
    else high = middle - 1
  }
  return low
}
