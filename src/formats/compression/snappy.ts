/*
 * stream => magic:82 'SNAPPY' 00 version:int compatible:int (length:int block)*     snappy-java SnappyOutputStream
 *   block => uncompressed:varint element*                                            raw snappy, checked for itself
 *     element => tag:byte …      low two bits: 0 literal, 1 copy (1-byte offset), 2 copy (2-byte), 3 copy (4-byte)
 *
 * Integers of the stream are big-endian, those inside a block little-endian. The header may come again between blocks.
 */
import { FormatError } from '../errors.ts'

export const SNAPPY_MAGIC = Uint8Array.of(0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00)
const HEADER_BYTES = 16
/** Far above the 32 KiB that snappy-java writes; a block's size is a claim. */
const MAX_BLOCK_BYTES = 64 << 20
/** The most that snappy-java takes; more is an Error there, which ends a server. */
const MOST_CHUNK_BYTES = 512 << 20

/** Takes compressed bytes in pieces of any size; whole blocks come out. */
export interface SnappyDecoder {
  /** Those before a damaged one come out before it throws FormatError; `length`: for a length that cannot be. */
  push(piece: Uint8Array): Generator<Uint8Array>
  /** Throws FormatError: `short` when the stream ends in the length of a block, `value` when it ends inside one. */
  end(): void
}

export function snappyDecoder(): SnappyDecoder {
  let buffer = new Uint8Array()
  let pending = buffer
  let offset = 0
  const drop = (count: number) => {
    pending = pending.subarray(count)
    offset += count
  }
  const add = (piece: Uint8Array) => {
    const kept = pending.length
    if (kept + piece.length > buffer.length) {
      const larger = new Uint8Array(2 * (kept + piece.length))
      larger.set(pending)
      buffer = larger
    } else buffer.copyWithin(0, pending.byteOffset, pending.byteOffset + kept)
    buffer.set(piece, kept)
    pending = buffer.subarray(0, kept + piece.length)
  }
  return {
    *push(piece) {
      add(piece)
      while (pending.length >= 4) {
        if (pending[0] === SNAPPY_MAGIC[0]) {
          if (pending.length < HEADER_BYTES) break
          if (SNAPPY_MAGIC.some((byte, i) => pending[i] !== byte)) {
            // a length below zero, unless the damage is behind the first four bytes
            const head = SNAPPY_MAGIC.findIndex((byte, i) => pending[i] !== byte) >= 4
            throw new FormatError(head ? 'value' : 'length', 'no snappy header', offset)
          }
          drop(HEADER_BYTES)
          continue
        }
        const length = new DataView(pending.buffer, pending.byteOffset).getInt32(0)
        if (length < 0 || length > MAX_BLOCK_BYTES) {
          const problem = length < 0 || length > MOST_CHUNK_BYTES ? 'length' : 'value'
          throw new FormatError(problem, `a snappy block of ${length} bytes cannot be`, offset)
        }
        if (pending.length < 4 + length) break
        yield wholeBlock(pending.subarray(4, 4 + length), offset + 4)
        drop(4 + length)
      }
    },
    end() {
      if (pending.length === 0) return
      const problem = pending.length < 4 ? 'short' : 'value'
      throw new FormatError(problem, 'the snappy stream ends inside a block', offset)
    },
  }
}

/** A block that ends too early is wrong, not short: the stream goes on behind it. */
function wholeBlock(input: Uint8Array, offset: number): Uint8Array {
  try {
    return decodeSnappyBlock(input, offset)
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    throw new FormatError('value', error.message, error.offset)
  }
}

/** One raw block. `offset`: where it lies in the file, for errors. Of a larger one the first `limit` bytes. */
export function decodeSnappyBlock(input: Uint8Array, offset = 0, limit = MAX_BLOCK_BYTES): Uint8Array {
  const short = (at: number) => new FormatError('short', 'the snappy block ends too early', offset + at)
  const { length: inputBytes } = input
  let at = 0
  let size = 0
  for (let shift = 0; ; shift += 7) {
    if (at === inputBytes) throw short(at)
    const part = input[at++]!
    size += (part & 0x7f) * 2 ** shift
    if (part < 0x80) break
    if (shift > 28) throw new FormatError('length', 'the snappy block has an impossible size', offset + at)
  }
  // no element makes more than 64 bytes out of two
  if (size > MAX_BLOCK_BYTES || size > inputBytes * 64) {
    throw new FormatError('length', `a snappy block cannot unpack to ${size} bytes`, offset)
  }
  const output = new Uint8Array(Math.min(size, limit))
  let out = 0
  while (at < inputBytes) {
    if (out === limit && limit < size) return output
    const tag = input[at++]!
    const kind = tag & 3
    // bytes behind the tag
    const more = kind === 0 ? Math.max(0, (tag >>> 2) - 59) : kind === 3 ? 4 : kind
    if (at + more > inputBytes) throw short(inputBytes)
    let number = 0
    for (let i = more - 1; i >= 0; i--) number = number * 256 + input[at + i]!
    at += more
    if (kind === 0) {
      const length = (more === 0 ? tag >>> 2 : number) + 1
      if (at + length > inputBytes || out + length > size) {
        throw new FormatError('short', 'a snappy literal reaches behind its block', offset + at)
      }
      const end = Math.min(out + length, limit)
      for (let from = at; out < end; out++, from++) output[out] = input[from]!
      at += length
      continue
    }
    const length = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1
    const back = kind === 1 ? ((tag >>> 5) << 8) | number : number
    if (back === 0 || back > out || out + length > size) {
      throw new FormatError('value', 'a snappy copy points outside its block', offset + at)
    }
    // may overlap: a copy with a small distance repeats what it writes
    for (let end = Math.min(out + length, limit); out < end; out++) output[out] = output[out - back]!
  }
  if (out !== output.length) throw new FormatError('short', 'the snappy block is shorter than it says', offset + at)
  return output
}
