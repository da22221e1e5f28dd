/*
 * payload => value:int | value:long     big-endian: Curator's SharedCount and DistributedAtomicInteger, …AtomicLong
 */
import type { Decoded, ExactInteger } from './types.ts'

/** 2000 to 2100: what an integer of 8 bytes must lie between to look like a moment. */
const FIRST_MS = Date.UTC(2000, 0)
const LAST_MS = Date.UTC(2100, 0)

export function readInteger(bytes: Uint8Array): Decoded | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length === 4) return { kind: 'int32', value: view.getInt32(0) }
  if (bytes.length !== 8) return null
  const value = exactInteger(view.getBigInt64(0))
  const isMoment = typeof value === 'number' && value >= FIRST_MS && value < LAST_MS
  return { kind: 'int64', value, ...(isMoment ? { time: new Date(value).toISOString() } : {}) }
}

/** A number where that is exact, else decimal digits. */
export function exactInteger(value: bigint): ExactInteger {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value.toString()
}
