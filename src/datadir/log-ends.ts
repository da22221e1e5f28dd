/*
 * The first and the last record of a log without reading what lies between: the last one is found from the end of the
 * bytes that are not zero, as the place from which a length leads exactly there and whose checksum fits.
 */
import type { FileHandle } from 'node:fs/promises'
import { adler32 } from '../formats/checksum/adler32.ts'
import { LOG_HEADER_BYTES, LOG_MAGIC, readLogHeader } from '../formats/txnlog/header.ts'
import { FIELD } from '../formats/txnlog/scan.ts'
import { fileError } from '../support/errors.ts'
import { openQuietly } from './quiet-open.ts'

export interface LogEnds {
  /** Null: a log without a record. */
  readonly firstZxid: bigint | null
  readonly lastZxid: bigint | null
  /** Behind the last record. */
  readonly usedBytes: number
  readonly tail: 'end-of-file' | 'padding'
}

const ZEROS = Buffer.alloc(1 << 20)
/** Checksum, length and the shortest payload (a header of a transaction), and the end mark. */
const LEAST_RECORD = 12 + 32 + 1
const END_MARK = 0x42

/**
 * Undefined when that cannot be told: a compressed or damaged log, or one with a torn end. `limit`: the longest payload.
 * Throws `input.*`.
 */
export async function logEnds(file: string, limit: number): Promise<LogEnds | undefined> {
  let handle: FileHandle
  try {
    handle = await openQuietly(file)
  } catch (error) {
    throw fileError(error, file)
  }
  try {
    const { size } = await handle.stat()
    const head = await piece(handle, 0, LOG_HEADER_BYTES + FIELD.zxid + 8)
    if (head.length < LOG_HEADER_BYTES || readLogHeader(head).magic !== LOG_MAGIC) return undefined
    const end = await endOfNonZero(handle, size)
    const tail = end < size ? 'padding' : 'end-of-file'
    if (end <= LOG_HEADER_BYTES) return { firstZxid: null, lastZxid: null, usedBytes: LOG_HEADER_BYTES, tail }
    if (end < LOG_HEADER_BYTES + LEAST_RECORD) return undefined
    const lastZxid = await lastRecord(handle, end, limit)
    if (lastZxid === undefined) return undefined
    return { firstZxid: head.readBigInt64BE(LOG_HEADER_BYTES + FIELD.zxid), lastZxid, usedBytes: end, tail }
  } catch (error) {
    throw fileError(error, file)
  } finally {
    await handle.close()
  }
}

async function endOfNonZero(handle: FileHandle, size: number): Promise<number> {
  for (let end = size; end > 0; ) {
    const from = Math.max(0, end - ZEROS.length)
    const bytes = await piece(handle, from, end - from)
    if (!bytes.equals(ZEROS.subarray(0, bytes.length))) {
      let last = bytes.length
      while (bytes[last - 1] === 0) last--
      return from + last
    }
    end = from
  }
  return 0
}

async function lastRecord(handle: FileHandle, end: number, limit: number): Promise<bigint | undefined> {
  // most records are short
  for (const most of [64 << 10, limit + LEAST_RECORD]) {
    const from = Math.max(LOG_HEADER_BYTES, end - most)
    const bytes = await piece(handle, from, end - from)
    if (bytes.at(-1) !== END_MARK) return undefined
    for (let at = bytes.length - LEAST_RECORD; at >= 0; at--) {
      const length = bytes.length - at - 13
      if (bytes.readInt32BE(at + 8) !== length) continue
      if (Number(bytes.readBigInt64BE(at)) !== adler32(bytes, 1, at + 12, at + 12 + length)) continue
      return bytes.readBigInt64BE(at + FIELD.zxid)
    }
    if (from === LOG_HEADER_BYTES) return undefined
  }
  return undefined
}

async function piece(handle: FileHandle, from: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from)
  return buffer.subarray(0, bytesRead)
}
