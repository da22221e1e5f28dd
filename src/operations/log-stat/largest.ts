import { decodeTxn } from '../../formats/txnlog/decode.ts'
import { pathsOf, textOf } from '../../formats/txnlog/filter.ts'
import { isRecordType, opName } from '../../formats/txnlog/ops.ts'
import { zxidAt } from '../../formats/txnlog/scan.ts'
import type { LogBatch } from '../read-logs.ts'

export interface LargeRecord {
  readonly file: string
  readonly offset: number
  readonly bytes: number
  readonly zxid: bigint
  readonly type: string
  /** The first that it names. */
  readonly path: string | null
}

/** The `most` largest records; of equal ones those that come first. */
export function largestRecords(most: number): { add(batch: LogBatch): void; result(): readonly LargeRecord[] } {
  const held: LargeRecord[] = []
  let least = 0
  return {
    add(batch) {
      const { table, count } = batch
      for (let row = 0; row < count; row++) {
        if (table[2 * row + 1]! + 13 <= least) continue
        const found = largeRecord(batch, row)
        const place = held.findIndex(({ bytes }) => bytes < found.bytes)
        held.splice(place < 0 ? held.length : place, 0, found)
        if (held.length > most) held.pop()
        if (held.length === most) least = held[most - 1]!.bytes
      }
    },
    result: () => held,
  }
}

function largeRecord(batch: LogBatch, row: number): LargeRecord {
  const at = batch.table[2 * row]!
  const length = batch.table[2 * row + 1]!
  const { header, body } = decodeTxn(batch.bytes, at + 12, at + 12 + length)
  const path = pathsOf(body).find((one) => one !== null)
  return {
    file: batch.log.file,
    offset: at + batch.base,
    bytes: length + 13,
    zxid: zxidAt(batch, row),
    type: isRecordType(header.type) ? opName(header.type)! : 'unknown',
    path: path === undefined || path === null ? null : textOf(path),
  }
}
