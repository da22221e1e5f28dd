/* Paths: put together from a row, and made bytes for the digest. */
import { crc, CRC_START } from './crc'
import { give, take } from './heap'
import { NAME_BYTES, nameLength, NOT_ASCII, PARENT } from './layout'

const oneByte = memory.data(1)

/** Room to put a path together. */
let scratch: u32 = 0
let scratchBytes: u32 = 0

export function openPaths(): void {
  scratchBytes = 4096
  scratch = take(scratchBytes)
}

/** Puts a row's path together; its length is returned, pathAt() tells where it is. The root's is empty. */
export function writePath(row: u32): u32 {
  let length: u32 = 0
  for (let one = row; load<u32>(one + PARENT) != 0; one = load<u32>(one + PARENT)) length += nameLength(one) + 1
  if (length + 8 > scratchBytes) {
    give(scratch, scratchBytes)
    scratchBytes = length << 1
    scratch = take(scratchBytes)
  }
  let end = scratch + length
  for (let one = row; load<u32>(one + PARENT) != 0; one = load<u32>(one + PARENT)) {
    const size = nameLength(one)
    end -= size
    memory.copy(end, one + NAME_BYTES, size)
    store<u8>(--end, 0x2f)
  }
  return length
}

export function pathAt(): u32 {
  return scratch
}

/** The register behind a path as a JVM with that charset makes bytes of it: what it cannot say is a question mark. */
export function pathState(path: u32, length: u32, flags: u32, set: u32): u32 {
  if (set == 0 || !(flags & NOT_ASCII)) return crc(CRC_START, path, length)
  let state = CRC_START
  const byteAt = <u32>oneByte
  for (let at = path; at < path + length; ) {
    const lead = load<u8>(at)
    let code: u32 = lead
    let size: u32 = 1
    if (lead >= 0xf0) size = 4
    else if (lead >= 0xe0) size = 3
    else if (lead >= 0xc0) {
      size = 2
      code = ((lead & 0x1f) << 6) | (load<u8>(at, 1) & 0x3f)
    } else if (lead >= 0x80) code = 0x100
    if (size > 2) code = 0x100
    store<u8>(byteAt, code < 0x80 || (set == 2 && code < 0x100) ? code : 0x3f)
    state = crc(state, byteAt, 1)
    at += size
  }
  return state
}

/** "/zookeeper/" and what is below it are not in the digest. */
export function excluded(path: u32, length: u32): bool {
  // "/zookeep", "per/"
  return length >= 11 && load<u64>(path) == 0x7065656b6f6f7a2f && load<u32>(path, 7) == 0x2f726570
}

/** UTF-16 units, as Java counts a path's length. */
export function units(path: u32, length: u32): u64 {
  let count: u64 = 0
  for (let at = path; at < path + length; at++) {
    const byte = load<u8>(at)
    // a sequence of four bytes is a pair of surrogates
    count += byte >= 0xf0 ? 2 : (byte & 0xc0) == 0x80 ? 0 : 1
  }
  return count
}
