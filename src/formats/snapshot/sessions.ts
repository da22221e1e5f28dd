/*
 * sessions => count:int (id:long timeout:int)*                      SerializeUtils.serializeSnapshot; all releases
 *
 * Global sessions only, in no order. A count below zero is none.
 */
export const SESSION_BYTES = 12

/** The sessions of a snapshot, as they lie there. */
export interface SessionTable {
  readonly count: number
  /** Signed, as stored. */
  id(i: number): bigint
  timeoutMs(i: number): number
  has(id: bigint): boolean
}

/** `bytes`: SESSION_BYTES for each session. */
export function sessionTable(bytes: Uint8Array): SessionTable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const count = bytes.length / SESSION_BYTES
  let ids: Set<bigint> | undefined
  const id = (i: number) => view.getBigInt64(i * SESSION_BYTES)
  return {
    count,
    id,
    timeoutMs: (i) => view.getInt32(i * SESSION_BYTES + 8),
    has(wanted) {
      ids ??= new Set(Array.from({ length: count }, (_, i) => id(i)))
      return ids.has(wanted)
    },
  }
}

export interface Session {
  readonly id: bigint
  readonly timeoutMs: number
}
