/*
 * stream => SnappyOutputStream's, with a magic; see formats/compression/snappy.ts
 * block  => one raw block, as Curator's SnappyCompressionProvider stores it. Nothing announces it: all of it must be
 *           valid and unpack to something that is recognised.
 */
import { decodeSnappyBlock, SNAPPY_MAGIC, snappyDecoder } from '../compression/snappy.ts'
import { FormatError } from '../errors.ts'
import { front, MAX_UNPACKED_BYTES, type ReadInner } from './deflate.ts'
import type { Packed } from './types.ts'

const PIECE = 1 << 20
/** Shorter ones are too easily something else. */
const LEAST_BLOCK_BYTES = 4

export function readSnappyStream(bytes: Uint8Array, inner: ReadInner): Packed | null {
  if (SNAPPY_MAGIC.some((byte, i) => bytes[i] !== byte)) return null
  const decoder = snappyDecoder()
  const blocks: Uint8Array[] = []
  let unpacked = 0
  try {
    for (let at = 0; at < bytes.length; at += PIECE) {
      for (const block of decoder.push(bytes.subarray(at, at + PIECE))) {
        blocks.push(block)
        unpacked += block.length
      }
      if (unpacked > MAX_UNPACKED_BYTES) {
        return front('snappy', Buffer.concat(blocks).subarray(0, MAX_UNPACKED_BYTES), inner)
      }
    }
    decoder.end()
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    return { kind: 'snappy', error: error.message }
  }
  return { kind: 'snappy', bytes: unpacked, value: inner(Buffer.concat(blocks)) }
}

export function readSnappyBlock(bytes: Uint8Array, inner: ReadInner): Packed | null {
  const value = unpackBlock(bytes)
  if (value === null || value.length < LEAST_BLOCK_BYTES) return null
  const packed: Packed =
    value.length > MAX_UNPACKED_BYTES
      ? front('snappy', value.subarray(0, MAX_UNPACKED_BYTES), inner)
      : { kind: 'snappy', bytes: value.length, value: inner(value) }
  return 'value' in packed && ['binary', 'int32', 'int64'].includes(packed.value.kind) ? null : packed
}

function unpackBlock(bytes: Uint8Array): Uint8Array | null {
  try {
    return decodeSnappyBlock(bytes, 0, MAX_UNPACKED_BYTES + 1)
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    return null
  }
}
