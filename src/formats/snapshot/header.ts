/*
 * header => magic:int version:int dbid:long                         FileHeader; all releases
 *
 * magic "ZKSN". Version is 2 and dbid -1 in every file that a server wrote; no reader checks either.
 */
export const SNAPSHOT_HEADER_BYTES = 16
export const SNAPSHOT_MAGIC = 0x5a4b534e

export interface SnapshotHeader {
  readonly magic: number
  readonly version: number
  readonly dbId: bigint
}

/** `bytes`: at least 16. */
export function readSnapshotHeader(bytes: Uint8Array): SnapshotHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, SNAPSHOT_HEADER_BYTES)
  return { magic: view.getInt32(0), version: view.getInt32(4), dbId: view.getBigInt64(8) }
}

export function writeSnapshotHeader({ version, dbId }: Pick<SnapshotHeader, 'version' | 'dbId'>): Uint8Array {
  const bytes = new Uint8Array(SNAPSHOT_HEADER_BYTES)
  const view = new DataView(bytes.buffer)
  view.setInt32(0, SNAPSHOT_MAGIC)
  view.setInt32(4, version)
  view.setBigInt64(8, dbId)
  return bytes
}
