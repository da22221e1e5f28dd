/*
 * Adler-32 by SIMD, and the search for records whose framing is lost.
 *
 * 32 bytes a step: pairwise widening adds give the plain sum, widening multiplies by 32…1 the weighted one. The sums of
 * 172 steps stay below 2^32, so the remainders are taken once per 5,504 bytes.
 */
const MODULUS: u32 = 65521
const STEPS: u32 = 172
const WEIGHTS_HIGH = v128(32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17)
const WEIGHTS_LOW = v128(16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1)

// @ts-ignore: decorator
@inline
function sum(v: v128): u32 {
  return (
    <u32>i32x4.extract_lane(v, 0) +
    <u32>i32x4.extract_lane(v, 1) +
    <u32>i32x4.extract_lane(v, 2) +
    <u32>i32x4.extract_lane(v, 3)
  )
}

/** Adler-32 of `length` bytes at `at`, going on from `start` (1 for a new one). */
export function adler32(at: u32, length: u32, start: u32): u32 {
  let a = start & 0xffff
  let b = start >>> 16
  const end = at + length
  while (end - at >= 32) {
    const steps = min<u32>((end - at) >>> 5, STEPS)
    const stop = at + (steps << 5)
    let plain = i32x4.splat(0)
    // the plain sum before each step, added up: each byte of an earlier step counts 32 times for every step after it
    let carried = i32x4.splat(0)
    let weighted = i32x4.splat(0)
    do {
      const x = v128.load(at)
      const y = v128.load(at, 16)
      carried = i32x4.add(carried, plain)
      const pairs = i16x8.add(i16x8.extadd_pairwise_i8x16_u(x), i16x8.extadd_pairwise_i8x16_u(y))
      plain = i32x4.add(plain, i32x4.extadd_pairwise_i16x8_u(pairs))
      // at most 4 * 255 * 32 = 32,640 in 16 bits
      const products = i16x8.add(
        i16x8.add(i16x8.extmul_low_i8x16_u(x, WEIGHTS_HIGH), i16x8.extmul_high_i8x16_u(x, WEIGHTS_HIGH)),
        i16x8.add(i16x8.extmul_low_i8x16_u(y, WEIGHTS_LOW), i16x8.extmul_high_i8x16_u(y, WEIGHTS_LOW)),
      )
      weighted = i32x4.add(weighted, i32x4.extadd_pairwise_i16x8_u(products))
      at += 32
    } while (at < stop)
    b = (b + ((a * (steps << 5)) % MODULUS) + ((sum(carried) << 5) % MODULUS) + (sum(weighted) % MODULUS)) % MODULUS
    a = (a + sum(plain)) % MODULUS
  }
  while (at < end) {
    a += load<u8>(at++)
    b += a
  }
  return ((b % MODULUS) << 16) | (a % MODULUS)
}

/**
 * The first place in [from, to - 12) where a record could start: four zero bytes (the upper half of the checksum), then
 * a lower half that is not zero, then a length from 32 to `limit`, then an end mark if it would lie before `to`. Returns
 * `to` when there is none.
 */
export function search(from: u32, to: u32, limit: u32): u32 {
  let at = from
  while (at + 12 <= to) {
    if (at + 32 <= to) {
      // places whose byte is zero; none in 16 and nothing can start there
      const zeros = i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(0)))
      if (zeros == 0) {
        at += 16
        continue
      }
      // runs of zeros: bit i is set when bytes i..i+3 are zero (the window reaches 3 bytes into the next 16)
      const more = i8x16.bitmask(i8x16.eq(v128.load(at, 16), i8x16.splat(0)))
      const both = <u32>zeros | (<u32>more << 16)
      const runs = both & (both >>> 1) & (both >>> 2) & (both >>> 3) & 0xffff
      if (runs == 0) {
        at += 16
        continue
      }
      if (runs != 0xffff) at += ctz(runs)
      else if (v128.any_true(v128.load(at, 16)) == false && at + 64 <= to) {
        // deep in padding: nothing can start before the last 11 of these zeros
        at += 16
        continue
      }
      if (at + 12 > to) return to
    }
    if (load<u32>(at) == 0 && load<u32>(at, 4) != 0) {
      const length = bswap<u32>(load<u32>(at, 8))
      if (length >= 32 && length <= limit) {
        if (<u64>at + 12 + length >= <u64>to || load<u8>(at + 12 + length) == 0x42) return at
      }
    }
    at++
  }
  return to
}

/** Behind the last byte of [from, to) that is not zero; `from` when all are. */
export function endOfNonZero(from: u32, to: u32): u32 {
  let end = to
  while (end - from >= 16 && !v128.any_true(v128.load(end - 16))) end -= 16
  while (end > from && load<u8>(end - 1) == 0) end--
  return end
}
