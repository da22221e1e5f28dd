const MODULUS = 65521
/** The most bytes whose sums stay below 2^31 without a remainder. */
const BLOCK = 3800

/**
 * Adler-32 as an unsigned number, going on from `start` (1 for a new one), over [from, to) of `bytes`.
 * The kernel's SIMD version is several times faster; this one serves where there is none, and small inputs.
 */
export function adler32(bytes: Uint8Array, start = 1, from = 0, to = bytes.length): number {
  let a = start & 0xffff
  let b = start >>> 16
  let at = from
  while (at < to) {
    const stop = Math.min(at + BLOCK, to)
    // eight bytes a step with weights: no chain of adds through b
    for (; at + 8 <= stop; at += 8) {
      const b0 = bytes[at]!
      const b1 = bytes[at + 1]!
      const b2 = bytes[at + 2]!
      const b3 = bytes[at + 3]!
      const b4 = bytes[at + 4]!
      const b5 = bytes[at + 5]!
      const b6 = bytes[at + 6]!
      const b7 = bytes[at + 7]!
      b += 8 * a + 8 * b0 + 7 * b1 + 6 * b2 + 5 * b3 + 4 * b4 + 3 * b5 + 2 * b6 + b7
      a += b0 + b1 + b2 + b3 + b4 + b5 + b6 + b7
    }
    for (; at < stop; at++) b += a += bytes[at]!
    a %= MODULUS
    b %= MODULUS
  }
  return ((b << 16) | a) >>> 0
}
