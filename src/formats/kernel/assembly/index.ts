/*
 * The kernel: walks the records of a transaction log, one call per chunk.
 *
 *   record  = crc:long len:int payload:byte[len] 'B'          FileTxnLog.append, Util.readTxnBytes
 *   payload = TxnHeader(32) body [digest(12)]                  SerializeUtils.deserializeTxn
 *
 * The read buffer lies in this memory, so nothing is copied in. Every record that the server's reader would take gets
 * two words in the table: where it starts and how long its payload is. The walk ends at the first thing that is not such
 * a record; stopKind and stopAt tell what and where. The order of the tests is the server's: length, completeness, end
 * mark, checksum, body.
 *
 * ../plain.ts is the same in JavaScript: for runtimes without SIMD, and the tests' second opinion.
 */
import { bodyKind } from './body'
import { adler32, endOfNonZero, search } from './scan'

export { find, needleAt } from './find'
export { errorNamesAt, prefixAt, setPrefix } from './jsonl'
export { linesAt, lineStop, secondTextAt, setSecond, writeLines } from './lines'
export { adler32, endOfNonZero, search }

/** Stop kinds; ../stop.ts has the same list. */
const NEED_MORE: u32 = 0
const TABLE_FULL: u32 = 1
const ZERO_LENGTH: u32 = 2
const BAD_LENGTH: u32 = 3
const BAD_END_MARK: u32 = 4
const BAD_CHECKSUM: u32 = 5

export let stopKind: u32 = 0
export let stopAt: u32 = 0

/** Grows the memory so that it ends behind `bytes`; false when there is no more to be had. */
export function reserve(bytes: u32): bool {
  // vectors are read up to 32 bytes behind the last byte that counts
  const pages = <i32>((<u64>bytes + 32 + 0xffff) >> 16) - memory.size()
  return pages <= 0 || memory.grow(pages) >= 0
}

/**
 * Walks the records in [from, to). A payload longer than `limit` is an unreasonable length. Fills at most `capacity`
 * rows at `table` and returns how many.
 */
export function frame(from: u32, to: u32, limit: u32, table: u32, capacity: u32): u32 {
  let at = from
  let rows: u32 = 0
  let kind = TABLE_FULL
  while (rows < capacity) {
    if (to - at < 12) {
      kind = NEED_MORE
      break
    }
    const length = bswap<u32>(load<u32>(at, 8))
    if (length == 0) {
      kind = ZERO_LENGTH
      break
    }
    if (length > limit) {
      kind = BAD_LENGTH
      break
    }
    // in 64 bits: at + length may pass the end of memory
    if (<u64>at + 13 + length > <u64>to) {
      kind = NEED_MORE
      break
    }
    const payload = at + 12
    if (load<u8>(payload + length) != 0x42) {
      kind = BAD_END_MARK
      break
    }
    if (bswap<u64>(load<u64>(at)) != <u64>adler32(payload, length, 1)) {
      kind = BAD_CHECKSUM
      break
    }
    const body = bodyKind(payload, length, limit)
    if (body != 0) {
      kind = body
      break
    }
    store<u32>(table + (rows << 3), at)
    store<u32>(table + (rows << 3), length, 4)
    rows++
    at = payload + length + 1
  }
  stopKind = kind
  stopAt = at
  return rows
}
