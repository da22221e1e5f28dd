/*
 * gzip => 1f 8b 08 …          RFC 1952, one or more members
 * zlib => cmf flg … adler32   RFC 1950; two bytes that could be anything, so the checksum at the end must be right
 *
 * Unpacked to at most 16 MiB.
 */
import { constants, gunzipSync, inflateSync } from 'node:zlib'
import { wholeCharacters } from './text.ts'
import type { Decoded, Packed } from './types.ts'

export const MAX_UNPACKED_BYTES = 16 << 20
/** Deflate makes at most 1032 bytes out of one: a piece of this size needs no further limit. */
const SAFE_BYTES = Math.floor(MAX_UNPACKED_BYTES / 1032)

export type ReadInner = (bytes: Uint8Array) => Decoded

export function readGzip(bytes: Uint8Array, inner: ReadInner): Packed | null {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== 8) return null
  try {
    const value = gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES })
    return { kind: 'gzip', bytes: value.length, value: inner(value) }
  } catch (error) {
    if (!isTooLarge(error)) return { kind: 'gzip', error: (error as Error).message }
    const value = gunzipSync(bytes.subarray(0, SAFE_BYTES), { finishFlush: constants.Z_SYNC_FLUSH })
    return front('gzip', value, inner)
  }
}

export function readZlib(bytes: Uint8Array, inner: ReadInner): Packed | null {
  if (bytes.length < 8 || (bytes[0]! & 0x0f) !== 8 || ((bytes[0]! << 8) | bytes[1]!) % 31 !== 0) return null
  try {
    // with `info` the result is the engine too, which the types do not say
    const { buffer: value, engine } = inflateSync(bytes, {
      maxOutputLength: MAX_UNPACKED_BYTES,
      info: true,
    }) as unknown as {
      buffer: Buffer
      engine: { bytesWritten: number }
    }
    return engine.bytesWritten === bytes.length ? { kind: 'zlib', bytes: value.length, value: inner(value) } : null
  } catch (error) {
    if (!isTooLarge(error)) return null
    return front('zlib', inflateSync(bytes.subarray(0, SAFE_BYTES), { finishFlush: constants.Z_SYNC_FLUSH }), inner)
  }
}

/** What is unpacked of a larger whole. */
export function front(kind: Packed['kind'], bytes: Uint8Array, inner: ReadInner): Packed {
  const value = wholeCharacters(bytes)
  return { kind, bytes: value.length, truncated: true, value: inner(value) }
}

function isTooLarge(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
}
