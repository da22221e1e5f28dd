/*
 * gzip that says exactly where it breaks: everything before the damage comes out, as java.util.zip.GZIPInputStream
 * hands it out byte by byte. zlib keeps what the call that fails has unpacked. About a tenth of zlib's speed, so it is
 * only used on a file at which zlib has failed.
 *
 *   gzip    => member+                     what follows the last member and is none is ignored
 *   member  => header deflated crc32:u32 size:u32                         RFC 1952, little-endian
 *   deflated => (last:1 type:2 block)*                                    RFC 1951, lowest bits first
 */
import { crc32 } from '../checksum/crc32.ts'
import { FormatError } from '../errors.ts'

const WINDOW = 32 << 10
const PIECE = 128 << 10
const MOST_BITS = 15
/** Bases and extra bits of the length codes 257… and the distance codes. */
const LENGTHS = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
]
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
const DISTANCES = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
]
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

/** Yields unpacked pieces, and null when it wants the next packed one: hand it to `next`, null at the end. */
export type Unpacking = Generator<Uint8Array | null, void, Uint8Array | null>

/** Throws FormatError: `short` where the input ends too early, `value` where it cannot be unpacked. */
export function* gunzip(): Unpacking {
  const bits = new Bits()
  yield* header(bits)
  for (;;) {
    yield* member(bits)
    bits.align()
    // what is no header any more ends it
    try {
      yield* header(bits)
    } catch (error) {
      if (error instanceof FormatError) return
      throw error
    }
  }
}

function* header(bits: Bits): Unpacking {
  const seen: number[] = []
  const take = function* (): Generator<null, number, Uint8Array | null> {
    const value = yield* bits.take(8)
    seen.push(value)
    return value
  }
  if ((yield* take()) !== 0x1f || (yield* take()) !== 0x8b) throw bits.wrong('no gzip header')
  if ((yield* take()) !== 8) throw bits.wrong('unsupported compression method')
  const flags = yield* take()
  for (let i = 0; i < 6; i++) yield* take()
  if (flags & 4) for (let left = (yield* take()) | ((yield* take()) << 8); left > 0; left--) yield* take()
  for (const flag of [8, 16]) if (flags & flag) while ((yield* take()) !== 0);
  if (flags & 2) {
    const sum = crc32(Uint8Array.from(seen)) & 0xffff
    if ((yield* bits.take(16)) !== sum) throw bits.wrong('the checksum of the gzip header does not fit')
  }
}

function* member(bits: Bits): Unpacking {
  const output = new Uint8Array(WINDOW + PIECE + 258)
  let out = WINDOW
  let size = 0
  let checksum = 0
  /** Hands out what is there and keeps the window. */
  const flush = (): Uint8Array => {
    const piece = output.slice(WINDOW, out)
    checksum = crc32(piece, checksum)
    size += piece.length
    output.copyWithin(0, out - WINDOW, out)
    out = WINDOW
    return piece
  }
  try {
    for (let last = 0; last === 0; ) {
      last = yield* bits.take(1)
      const type = yield* bits.take(2)
      if (type === 0) {
        bits.align()
        const length = yield* bits.take(16)
        if ((yield* bits.take(16)) !== (~length & 0xffff)) throw bits.wrong('a stored block has an impossible length')
        for (let i = 0; i < length; i++) {
          if (out === output.length) yield flush()
          output[out++] = yield* bits.take(8)
        }
        continue
      }
      if (type === 3) throw bits.wrong('invalid block type')
      const [literals, distances] = type === 1 ? fixed() : yield* dynamic(bits)
      for (;;) {
        if (out >= WINDOW + PIECE) yield flush()
        const symbol = yield* bits.symbol(literals)
        if (symbol < 256) {
          output[out++] = symbol
          continue
        }
        if (symbol === 256) break
        if (symbol > 285) throw bits.wrong('invalid literal or length code')
        const length = LENGTHS[symbol - 257]! + (yield* bits.take(LENGTH_BITS[symbol - 257]!))
        const code = yield* bits.symbol(distances)
        if (code > 29) throw bits.wrong('invalid distance code')
        const back = DISTANCES[code]! + (yield* bits.take(code < 2 ? 0 : (code >>> 1) - 1))
        if (back > size + out - WINDOW) throw bits.wrong('invalid distance: too far back')
        for (let i = 0; i < length; i++, out++) output[out] = output[out - back]!
      }
    }
  } catch (error) {
    // first what came before it
    yield flush()
    throw error
  }
  yield flush()
  bits.align()
  const stored = (yield* bits.take(16)) + (yield* bits.take(16)) * 0x10000
  if (stored !== checksum) throw bits.wrong('its checksum does not fit')
  if ((yield* bits.take(16)) + (yield* bits.take(16)) * 0x10000 !== size % 2 ** 32) {
    throw bits.wrong('its size does not fit')
  }
}

/** The packed input, bit by bit. */
class Bits {
  private piece: Uint8Array = new Uint8Array()
  private at = 0
  private before = 0
  private held = 0
  private count = 0
  private ended = false

  align(): void {
    this.drop(this.count & 7)
  }

  /** `wanted`: at most 16. */
  *take(wanted: number): Generator<null, number, Uint8Array | null> {
    while (this.count < wanted) if (!(yield* this.more())) throw this.short()
    const value = this.held & ((1 << wanted) - 1)
    this.drop(wanted)
    return value
  }

  *symbol(table: Uint16Array): Generator<null, number, Uint8Array | null> {
    for (;;) {
      const entry = table[this.held & ((1 << MOST_BITS) - 1)]!
      const length = entry & 15
      if (length === 0 && this.count >= MOST_BITS) throw this.wrong('invalid code')
      if (length > 0 && length <= this.count) {
        this.drop(length)
        return entry >>> 4
      }
      if (!(yield* this.more())) throw length === 0 && this.count > 0 ? this.wrong('invalid code') : this.short()
    }
  }

  wrong(message: string): FormatError {
    return new FormatError('value', message, this.before + this.at)
  }

  private short(): FormatError {
    return new FormatError('short', 'it ends too early', this.before + this.at)
  }

  private drop(bits: number): void {
    this.held >>>= bits
    this.count -= bits
  }

  private *more(): Generator<null, boolean, Uint8Array | null> {
    while (this.at === this.piece.length) {
      if (this.ended) return false
      const next: Uint8Array | null = yield null
      this.before += this.piece.length
      this.at = 0
      this.piece = next ?? new Uint8Array()
      this.ended = next === null
    }
    this.held |= this.piece[this.at++]! << this.count
    this.count += 8
    return true
  }
}

/**
 * A table by the next 15 bits: symbol and length of the code. Undefined for lengths that make no code; a code that is
 * not complete is one only with a single symbol.
 */
function codeTable(lengths: readonly number[]): Uint16Array | undefined {
  const counts = new Array<number>(MOST_BITS + 1).fill(0)
  for (const length of lengths) counts[length]!++
  counts[0] = 0
  const next = [0, 0]
  let left = 1
  for (let bits = 1; bits <= MOST_BITS; bits++) {
    left = left * 2 - counts[bits]!
    if (left < 0) return undefined
    next[bits + 1] = (next[bits]! + counts[bits]!) * 2
  }
  const used = lengths.length - lengths.filter((length) => length === 0).length
  if (left > 0 && !(used === 0 || (used === 1 && counts[1] === 1))) return undefined
  const table = new Uint16Array(1 << MOST_BITS)
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue
    const code = next[length]!++
    let reversed = 0
    for (let bit = 0; bit < length; bit++) reversed |= ((code >>> bit) & 1) << (length - 1 - bit)
    for (let slot = reversed; slot < table.length; slot += 1 << length) table[slot] = (symbol << 4) | length
  }
  return table
}

let fixedCodes: readonly [Uint16Array, Uint16Array] | undefined

function fixed(): readonly [Uint16Array, Uint16Array] {
  const literals = Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8))
  fixedCodes ??= [codeTable(literals)!, codeTable(new Array<number>(32).fill(5))!]
  return fixedCodes
}

function* dynamic(bits: Bits): Generator<null, readonly [Uint16Array, Uint16Array], Uint8Array | null> {
  const literals = (yield* bits.take(5)) + 257
  const distances = (yield* bits.take(5)) + 1
  const codes = (yield* bits.take(4)) + 4
  if (literals > 286 || distances > 30) throw bits.wrong('too many length or distance symbols')
  const codeLengths = new Array<number>(19).fill(0)
  for (let i = 0; i < codes; i++) codeLengths[ORDER[i]!] = yield* bits.take(3)
  const table = codeLengths.some((length) => length > 0) ? codeTable(codeLengths) : undefined
  if (table === undefined) throw bits.wrong('invalid code lengths')
  const lengths: number[] = []
  while (lengths.length < literals + distances) {
    const symbol = yield* bits.symbol(table)
    if (symbol < 16) {
      lengths.push(symbol)
      continue
    }
    const repeated = symbol === 16 ? lengths.at(-1) : 0
    if (repeated === undefined) throw bits.wrong('invalid bit length repeat')
    const times =
      symbol === 16 ? 3 + (yield* bits.take(2)) : symbol === 17 ? 3 + (yield* bits.take(3)) : 11 + (yield* bits.take(7))
    if (lengths.length + times > literals + distances) throw bits.wrong('invalid bit length repeat')
    for (let i = 0; i < times; i++) lengths.push(repeated)
  }
  const forLiterals = codeTable(lengths.slice(0, literals))
  const forDistances = codeTable(lengths.slice(literals))
  if (lengths[256] === 0 || forLiterals === undefined) throw bits.wrong('invalid literal or length codes')
  if (forDistances === undefined) throw bits.wrong('invalid distance codes')
  return [forLiterals, forDistances]
}
