/*
 * Jute as BinaryInputArchive reads it: big-endian, no tags, no padding; a record is the concatenation of its fields.
 *
 *   boolean  1 byte, any but 0 is true        int 4     long 8
 *   buffer   len:int byte[len]                len -1: null; null and empty are different things
 *   ustring  len:int byte[len]                -1: null; kept as bytes, because the server's writer is not real UTF-8
 *   vector   count:int element[count]         -1: null; any other negative count is an empty list
 */
import { FormatError } from '../errors.ts'

/** A cursor over bytes. Every read is checked against the end; errors carry the position. */
export interface JuteReader {
  /** Position of the next byte. */
  readonly at: number
  readonly remaining: number
  boolean(): boolean
  int(): number
  long(): bigint
  /** A view into the input, not a copy. */
  buffer(): Uint8Array | null
  /** The number of elements that follow; null for a null vector. */
  count(): number | null
  /** The next `length` bytes; a view. */
  bytes(length: number): Uint8Array
}

/** Reads [from, to) of `input`. */
export function juteReader(input: Uint8Array, from = 0, to = input.length): JuteReader {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  let at = from
  const take = (length: number): number => {
    if (to - at < length) throw new FormatError('short', `${length} bytes wanted, ${to - at} left`, at)
    const start = at
    at += length
    return start
  }
  return {
    get at() {
      return at
    },
    get remaining() {
      return to - at
    },
    boolean: () => input[take(1)] !== 0,
    int: () => view.getInt32(take(4)),
    long: () => view.getBigInt64(take(8)),
    bytes: (length) => {
      const start = take(length)
      return input.subarray(start, start + length)
    },
    buffer() {
      const start = at
      const length = this.int()
      if (length === -1) return null
      if (length < 0) throw new FormatError('length', `unreasonable length ${length}`, start)
      return this.bytes(length)
    },
    count() {
      const count = this.int()
      if (count === -1) return null
      // each element takes at least 4 bytes, so a count is bounded by what is there
      if (count * 4 > to - at) throw new FormatError('short', `${count} elements announced, ${to - at} bytes left`, at)
      return Math.max(0, count)
    },
  }
}
