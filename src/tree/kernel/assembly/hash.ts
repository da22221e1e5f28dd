/*
 * A 64-bit hash of bytes, eight at a time. It only finds candidates: what is found is always compared byte by byte.
 */
const K0: u64 = 0x9e3779b97f4a7c15
const K1: u64 = 0xff51afd7ed558ccd

export function hash(at: u32, length: u32): u64 {
  let h: u64 = K0 ^ (<u64>length * K1)
  const end = at + length
  while (end - at >= 8) {
    h = rotl(h ^ load<u64>(at), 27) * K0
    at += 8
  }
  const left = end - at
  if (left > 0) {
    // bytes behind the end are shifted out; memory always goes on
    h = rotl(h ^ (load<u64>(at) << (64 - (left << 3))), 27) * K0
  }
  h = (h ^ (h >>> 32)) * K1
  return h ^ (h >>> 29)
}

export function same(a: u32, b: u32, length: u32): bool {
  while (length >= 8) {
    if (load<u64>(a) != load<u64>(b)) return false
    a += 8
    b += 8
    length -= 8
  }
  if (length == 0) return true
  const shift = <u64>(64 - (length << 3))
  return load<u64>(a) << shift == load<u64>(b) << shift
}

/** Whether a byte has its high bit set: text that is not ASCII. */
export function notAscii(at: u32, length: u32): bool {
  const end = at + length
  while (end - at >= 16) {
    if (i8x16.bitmask(v128.load(at)) != 0) return true
    at += 16
  }
  while (at < end) if (load<u8>(at++) >= 0x80) return true
  return false
}
