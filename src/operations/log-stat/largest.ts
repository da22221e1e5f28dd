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

/** Larger lists are for keys; a record is an object here. */
export const MOST_LARGEST = 1000

/** The `most` largest records, MOST_LARGEST of them at most; of equal ones those that come first. */
export function largestRecords(most: number): { add(batch: LogBatch): void; result(): readonly LargeRecord[] } {
  const wanted = Math.min(most, MOST_LARGEST)
  let held: LargeRecord[] = []
  let least = 0
  const cut = () => {
    // stable: what came first stays first
    held = held.sort((a, b) => b.bytes - a.bytes).slice(0, wanted)
    least = held[wanted - 1]?.bytes ?? 0
  }
  return {
    add(batch) {
      const { table, count } = batch
      for (let row = 0; row < count; row++) {
        if (table[2 * row + 1]! + 13 <= least) continue
        held.push(largeRecord(batch, row))
        if (held.length >= 2 * wanted + 64) cut()
      }
    },
    result() {
      cut()
      return held
    },
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
