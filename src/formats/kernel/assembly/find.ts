/* Where a few given bytes occur. */

/** The longest needle. */
const NEEDLE_BYTES: u32 = 1024
const needle: usize = memory.data(1024)

/** Where the caller puts the needle; NEEDLE_BYTES fit. */
export function needleAt(): usize {
  return needle
}

/**
 * The first place in [from, to) where the `length` bytes of the needle (2 or more) stand as a whole, or `to`. 16 places
 * are looked at together, by the needle's last byte and its fourth one: where a string follows its length field that is
 * the length, which tells most of them apart.
 */
export function find(from: u32, to: u32, length: u32): u32 {
  if (length > NEEDLE_BYTES || to - from < length) return to
  const second = min<u32>(3, length - 2)
  const probe = i8x16.splat(load<i8>(needle + second))
  const last = i8x16.splat(load<i8>(needle + length - 1))
  const end = to - length
  for (let at = from; at <= end; at += 16) {
    let places = i8x16.bitmask(
      v128.and(i8x16.eq(v128.load(at + second), probe), i8x16.eq(v128.load(at + length - 1), last)),
    )
    while (places != 0) {
      const place = at + ctz(places)
      // the last vector reaches behind the end
      if (place > end) return to
      if (memory.compare(place, needle, length) == 0) return place
      places &= places - 1
    }
  }
  return to
}
