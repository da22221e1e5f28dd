/*
 * Text in this memory: what the line writers (jsonl.ts, toolkit.ts) are made of. `out` is where the next byte goes;
 * everything may write up to 32 bytes behind what it means to, and read as far behind its input.
 */

/** Where the next byte goes. */
let out: u32 = 0

// @ts-ignore: decorator
@inline
export function position(): u32 {
  return out
}

// @ts-ignore: decorator
@inline
export function moveTo(at: u32): void {
  out = at
}

/** A fixed text of ASCII: its UTF-16 units narrowed, 16 a step. */
export function put(text: string): void {
  let from = <u32>changetype<usize>(text)
  let at = out
  out = at + text.length
  do {
    v128.store(at, i8x16.narrow_i16x8_u(v128.load(from), v128.load(from, 16)))
    from += 32
    at += 16
  } while (at < out)
}

// @ts-ignore: decorator
@inline
export function byte(value: u32): void {
  store<u8>(out++, value)
}

/** Bytes as they are. */
export function copy(from: u32, length: u32): void {
  let at = out
  out = at + length
  while (at < out) {
    v128.store(at, v128.load(from))
    from += 16
    at += 16
  }
}

export function decimal(value: i64): void {
  let rest = <u64>value
  if (value < 0) {
    byte(0x2d)
    rest = -rest
  }
  let digits: u32 = 1
  let power: u64 = 10
  while (digits < 19 && rest >= power) {
    digits++
    power *= 10
  }
  let at = out + digits
  out = at
  while (rest > 0xffffffff) {
    store<u8>(--at, 0x30 + <u32>(rest % 10))
    rest /= 10
  }
  let small = <u32>rest
  do {
    store<u8>(--at, 0x30 + (small % 10))
    small /= 10
  } while (small > 0)
}

/** Hexadecimal without leading zeros. */
export function hex(value: u64): void {
  const digits = value == 0 ? 1 : 16 - (<u32>clz(value) >>> 2)
  v128.store(out, digitsOf(bswap<u64>(value << <u64>((16 - digits) << 2))))
  out += digits
}

/** Two hexadecimal digits for each of eight bytes, the lowest first. */
// @ts-ignore: decorator
@inline
function digitsOf(value: u64): v128 {
  const bytes = i64x2.splat(value)
  const mask = i8x16.splat(15)
  const high = v128.and(i8x16.shr_u(bytes, 4), mask)
  const low = v128.and(bytes, mask)
  const nibbles = i8x16.shuffle(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
  // 0123456789abcdef
  const letters = i8x16(48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102)
  return i8x16.swizzle(letters, nibbles)
}

/** Three digits. */
export function milliseconds(value: u32): void {
  store<u8>(out, 0x30 + value / 100)
  store<u8>(out, 0x30 + ((value / 10) % 10), 1)
  store<u8>(out, 0x30 + (value % 10), 2)
  out += 3
}

/** Length of the well-formed UTF-8 character at `at`, or 0. */
export function utf8Length(at: u32, to: u32): u32 {
  const first = <u32>load<u8>(at)
  if (first < 0x80) return 1
  if (first < 0xc2 || first > 0xf4) return 0
  const length: u32 = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  if (to - at < length) return 0
  const second = <u32>load<u8>(at, 1)
  // no overlong forms, no surrogates, nothing above U+10FFFF
  const least: u32 = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80
  const most: u32 = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf
  if (second < least || second > most) return 0
  for (let i: u32 = 2; i < length; i++) if ((load<u8>(at + i) & 0xc0) != 0x80) return 0
  return length
}

/** The inside of a JSON string, as ../../../render/json.ts escapes it; false, and nothing is written, for no UTF-8. */
export function jsonString(from: u32, to: u32): bool {
  let at = out
  while (from < to) {
    const text = v128.load(from)
    v128.store(at, text)
    // signed: bytes from 0x80 on are below 0x20, too
    const special = v128.or(
      i8x16.lt_s(text, i8x16.splat(0x20)),
      v128.or(
        i8x16.eq(text, i8x16.splat(0x7f)),
        v128.or(i8x16.eq(text, i8x16.splat(0x22)), i8x16.eq(text, i8x16.splat(0x5c))),
      ),
    )
    const bits = <u32>i8x16.bitmask(special) | 0x10000
    const plain = min<u32>(ctz(bits), to - from)
    at += plain
    from += plain
    if (plain == 16 || from == to) continue
    const value = <u32>load<u8>(from)
    if (value >= 0x80) {
      const length = utf8Length(from, to)
      if (length == 0) return false
      at = multibyte(from, length, at)
      from += length
    } else {
      at = escaped(value, at)
      from++
    }
  }
  out = at
  return true
}

/** Copies a character of several bytes, but escapes C1 controls and the two line separators. */
// @ts-ignore: decorator
@inline
function multibyte(from: u32, length: u32, at: u32): u32 {
  const bytes = load<u32>(from)
  if ((bytes & 0xe0ff) == 0x80c2) return escaped((bytes >>> 8) & 0xff, at)
  if ((bytes & 0xfeffff) == 0xa880e2) {
    store<u32>(at, 0x3032755c)
    store<u16>(at, (bytes & 0x10000) != 0 ? 0x3932 : 0x3832, 4)
    return at + 6
  }
  store<u32>(at, bytes)
  return at + length
}

/** Writes a quote, backslash or control; returns where the next byte goes. */
function escaped(value: u32, at: u32): u32 {
  store<u8>(at, 0x5c)
  let letter: u32 = 0
  if (value == 0x22 || value == 0x5c) letter = value
  else if (value == 8) letter = 0x62
  else if (value == 9) letter = 0x74
  else if (value == 10) letter = 0x6e
  else if (value == 12) letter = 0x66
  else if (value == 13) letter = 0x72
  if (letter != 0) {
    store<u8>(at, letter, 1)
    return at + 2
  }
  store<u8>(at, 0x75, 1)
  store<u16>(at, 0x3030, 2)
  const low = value & 15
  store<u8>(at, 0x30 + (value >>> 4), 4)
  store<u8>(at, low < 10 ? 0x30 + low : 0x57 + low, 5)
  return at + 6
}

/** A field of CSV (RFC 4180): in quotes when a quote, comma or line end is in it. */
export function csvText(from: u32, to: u32): void {
  let quoted = false
  for (let at = from; at < to && !quoted; at += 16) {
    const text = v128.load(at)
    const special = v128.or(
      v128.or(i8x16.eq(text, i8x16.splat(0x22)), i8x16.eq(text, i8x16.splat(0x2c))),
      v128.or(i8x16.eq(text, i8x16.splat(0x0a)), i8x16.eq(text, i8x16.splat(0x0d))),
    )
    quoted = ctz(<u32>i8x16.bitmask(special) | 0x10000) < min<u32>(16, to - at)
  }
  if (!quoted) {
    copy(from, to - from)
    return
  }
  let at = out
  store<u8>(at++, 0x22)
  while (from < to) {
    const text = v128.load(from)
    v128.store(at, text)
    const plain = min<u32>(ctz(<u32>i8x16.bitmask(i8x16.eq(text, i8x16.splat(0x22))) | 0x10000), to - from)
    at += plain
    from += plain
    if (plain == 16 || from == to) continue
    store<u16>(at, 0x2222)
    at += 2
    from++
  }
  store<u8>(at, 0x22)
  out = at + 1
}

/** JSON that was written from `start` on becomes a field of CSV; any but an empty list has quotes in it. */
export function csvQuoted(start: u32): void {
  let quotes: u32 = 0
  for (let at = start; at < out; at += 16) {
    const bits = <u32>i8x16.bitmask(i8x16.eq(v128.load(at), i8x16.splat(0x22)))
    quotes += popcnt(bits & ((1 << min<u32>(16, out - at)) - 1))
  }
  if (quotes == 0) return
  let from = out
  let to = out + quotes + 2
  out = to
  store<u8>(--to, 0x22)
  while (from > start) {
    const value = load<u8>(--from)
    store<u8>(--to, value)
    if (value == 0x22) store<u8>(--to, value)
  }
  store<u8>(start, 0x22)
}

/** Whether all of it is well-formed UTF-8. */
export function isUtf8(from: u32, to: u32): bool {
  while (from < to) {
    const plain = min<u32>(ctz(<u32>i8x16.bitmask(v128.load(from)) | 0x10000), to - from)
    from += plain
    if (plain == 16 || from == to) continue
    const length = utf8Length(from, to)
    if (length == 0) return false
    from += length
  }
  return true
}

/**
 * Text made safe for a terminal and at most `width` UTF-16 units long, a cut shown as an ellipsis, as `printable` and
 * `shortened` of ../../../render/style.ts make it. False at what is no UTF-8.
 */
export function printable(from: u32, to: u32, width: u32): bool {
  const last = width - 1
  let at = out
  let units: u32 = 0
  // where an ellipsis goes, and whether it parts a pair of surrogates
  let cut: u32 = at
  let parted = false
  while (from < to && units <= width) {
    const text = v128.load(from)
    const special = v128.or(i8x16.lt_s(text, i8x16.splat(0x20)), i8x16.eq(text, i8x16.splat(0x7f)))
    let count = min<u32>(ctz(<u32>i8x16.bitmask(special) | 0x10000), to - from)
    const start = at
    if (count > 0) {
      v128.store(at, text)
      at += count
      from += count
    } else {
      const length = utf8Length(from, to)
      if (length == 0) return false
      const code = length == 1 ? <u32>load<u8>(from) : codePoint(from, length)
      if (isUnsafe(code)) {
        at = escapedForPeople(code, at)
        count = at - start
      } else {
        store<u32>(at, load<u32>(from))
        at += length
        count = length == 4 ? 2 : 1
      }
      from += length
    }
    if (last - units < count) {
      const whole = count == at - start
      cut = whole ? start + (last - units) : start
      parted = !whole && last > units
    }
    units += count
  }
  if (units > width) {
    at = cut
    if (parted) {
      // what becomes of half a pair
      store<u32>(at, 0xbdbfef)
      at += 3
    }
    store<u32>(at, 0xa680e2)
    at += 3
  }
  out = at
  return true
}

function codePoint(at: u32, length: u32): u32 {
  const first = <u32>load<u8>(at)
  const second = <u32>load<u8>(at, 1) & 0x3f
  if (length == 2) return ((first & 0x1f) << 6) | second
  // no letter of four bytes is unsafe
  return length == 3 ? ((first & 0x0f) << 12) | (second << 6) | (<u32>load<u8>(at, 2) & 0x3f) : 0x10000
}

/** Controls, and what changes the direction or cannot be seen; UNSAFE in ../../../render/style.ts. */
function isUnsafe(code: u32): bool {
  if (code < 0xa0) return code < 0x20 || code >= 0x7f
  if (code < 0x200b) return code == 0x61c
  return (
    code <= 0x200f ||
    (code >= 0x2028 && code <= 0x202e) ||
    (code >= 0x2060 && code <= 0x2069) ||
    code == 0xfeff ||
    (code >= 0xfff9 && code <= 0xfffb)
  )
}

/** `\n`, `\x1b`, `\u202e`; returns where the next byte goes. */
function escapedForPeople(code: u32, at: u32): u32 {
  store<u8>(at, 0x5c)
  const letter: u32 = code == 10 ? 0x6e : code == 9 ? 0x74 : code == 13 ? 0x72 : code < 0x100 ? 0x78 : 0x75
  store<u8>(at, letter, 1)
  at += 2
  if (letter != 0x78 && letter != 0x75) return at
  for (let shift: i32 = letter == 0x78 ? 4 : 12; shift >= 0; shift -= 4) {
    const digit = (code >>> shift) & 15
    store<u8>(at++, digit < 10 ? 0x30 + digit : 0x57 + digit)
  }
  return at
}

/** `length` bytes in hexadecimal; when that is more than `width` digits, one less and an ellipsis. */
export function hexDigits(from: u32, length: u32, width: u32): void {
  const fits = <u64>length * 2 <= <u64>width
  const digits = fits ? length * 2 : width - 1
  let at = out
  out = at + digits
  while (at < out) {
    v128.store(at, digitsOf(load<u64>(from)))
    from += 8
    at += 16
  }
  if (fits) return
  store<u32>(out, 0xa680e2)
  out += 3
}

/** 12 bytes to 16 characters a step. */
export function base64(from: u32, to: u32): void {
  let at = out
  while (to - from >= 3) {
    const bytes = v128.load(from)
    // each 32 bits: three bytes, the first one highest
    const bits = i8x16.swizzle(bytes, i8x16(2, 1, 0, -1, 5, 4, 3, -1, 8, 7, 6, -1, 11, 10, 9, -1))
    const six = i32x4.splat(0x3f)
    const digits = v128.or(
      v128.or(i32x4.shr_u(bits, 18), i32x4.shl(v128.and(i32x4.shr_u(bits, 12), six), 8)),
      v128.or(i32x4.shl(v128.and(i32x4.shr_u(bits, 6), six), 16), i32x4.shl(v128.and(bits, six), 24)),
    )
    v128.store(at, base64Letters(digits))
    const groups = min<u32>((to - from) / 3, 4)
    from += groups * 3
    at += groups * 4
  }
  if (from < to) {
    const two = to - from == 2
    const bits = (<u32>load<u8>(from) << 16) | (two ? <u32>load<u8>(from, 1) << 8 : 0)
    const digits = i32x4.splat((bits >>> 18) | (((bits >>> 12) & 63) << 8) | (((bits >>> 6) & 63) << 16))
    store<u32>(at, i32x4.extract_lane(base64Letters(digits), 0))
    store<u8>(at, 0x3d, 3)
    if (!two) store<u8>(at, 0x3d, 2)
    at += 4
  }
  out = at
}

/** Values 0 to 63 to letters: what has to be added goes by class. */
// @ts-ignore: decorator
@inline
function base64Letters(digits: v128): v128 {
  // 0 for 0…51, then 1…10 for 0…9, 11 for '+', 12 for '/'; 13 for capitals
  const classes = v128.or(
    i8x16.sub_sat_u(digits, i8x16.splat(51)),
    v128.and(i8x16.lt_s(digits, i8x16.splat(26)), i8x16.splat(13)),
  )
  const offsets = i8x16(71, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, -19, -16, 65, 0, 0)
  return i8x16.add(digits, i8x16.swizzle(offsets, classes))
}

/**
 * Text as Java's `new String(bytes, UTF_8)` and its output again: what is malformed becomes U+FFFD by its rules, which
 * take more bytes for one replacement than WHATWG's (sun.nio.cs.UTF_8, malformedN).
 */
export function javaText(from: u32, to: u32): void {
  let at = out
  while (from < to) {
    const text = v128.load(from)
    v128.store(at, text)
    const plain = min<u32>(ctz(<u32>i8x16.bitmask(text) | 0x10000), to - from)
    at += plain
    from += plain
    if (plain == 16) continue
    // other text and binary data go on like this: byte by byte until there were 16 plain ones
    let stop = min<u32>(from + 16, to)
    while (from < stop) {
      const value = <u32>load<u8>(from)
      if (value < 0x80) {
        store<u8>(at++, value)
        from++
        continue
      }
      const length = utf8Length(from, to)
      if (length > 0) {
        store<u32>(at, load<u32>(from))
        at += length
        from += length
      } else {
        store<u32>(at, 0xbdbfef)
        at += 3
        from += malformed(from, to)
      }
      stop = min<u32>(from + 16, to)
    }
  }
  out = at
}

/** Bytes that Java replaces by one U+FFFD. */
function malformed(at: u32, to: u32): u32 {
  const first = <u32>load<u8>(at)
  const left = to - at
  if (first >= 0xe0 && first < 0xf0) {
    if (left < 2) return 1
    const second = <u32>load<u8>(at, 1)
    if ((first == 0xe0 && (second & 0xe0) == 0x80) || (second & 0xc0) != 0x80) return 1
    if (left < 3) return 2
    // a surrogate is one replacement
    return (load<u8>(at, 2) & 0xc0) != 0x80 ? 2 : 3
  }
  if (first >= 0xf0 && first < 0xf8) {
    if (left < 2) return 1
    const second = <u32>load<u8>(at, 1)
    const bad =
      first > 0xf4 ||
      (first == 0xf0 && (second < 0x90 || second > 0xbf)) ||
      (first == 0xf4 && (second & 0xf0) != 0x80) ||
      (second & 0xc0) != 0x80
    if (bad) return 1
    if (left < 3 || (load<u8>(at, 2) & 0xc0) != 0x80) return 2
    return left < 4 || (load<u8>(at, 3) & 0xc0) != 0x80 ? 3 : 4
  }
  return 1
}
