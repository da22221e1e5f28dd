/*
 * header => magic:int version:int dbid:long                         FileHeader; all releases
 *
 * magic "ZKLG". Version is 2 and dbid 0 in every file that a server wrote; no reader checks either.
 */
export const LOG_HEADER_BYTES = 16
export const LOG_MAGIC = 0x5a4b4c47

export interface LogHeader {
  readonly magic: number
  readonly version: number
  readonly dbId: bigint
}

/** `bytes`: at least 16. */
export function readLogHeader(bytes: Uint8Array): LogHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, LOG_HEADER_BYTES)
  return { magic: view.getInt32(0), version: view.getInt32(4), dbId: view.getBigInt64(8) }
}

export function writeLogHeader(dbId = 0n): Uint8Array {
  const bytes = new Uint8Array(LOG_HEADER_BYTES)
  const view = new DataView(bytes.buffer)
  view.setInt32(0, LOG_MAGIC)
  view.setInt32(4, 2)
  view.setBigInt64(8, dbId)
  return bytes
}
