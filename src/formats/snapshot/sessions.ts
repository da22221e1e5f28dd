/*
 * sessions => count:int (id:long timeout:int)*                      SerializeUtils.serializeSnapshot; all releases
 *
 * Global sessions only, in no order. A count below zero is none.
 */
import { WordPairs } from './word-pairs.ts'

export const SESSION_BYTES = 12

/** The sessions of a snapshot, as they lie there. */
export interface SessionTable {
  readonly count: number
  /** Signed, as stored. */
  id(i: number): bigint
  timeoutMs(i: number): number
  /** By the two words of an id. */
  has(high: number, low: number): boolean
}

/** Ids of one server have the same high word; with the low one this still tells it. */
function spread(high: number, low: number): number {
  return (high ^ Math.imul(low, 0x9e3779b1)) >>> 0
}

/** `bytes`: SESSION_BYTES for each session. */
export function sessionTable(bytes: Uint8Array): SessionTable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const count = bytes.length / SESSION_BYTES
  let ids: WordPairs | undefined
  const readAll = (): WordPairs => {
    const all = new WordPairs()
    for (let at = 0; at < bytes.length; at += SESSION_BYTES)
      all.add(spread(view.getUint32(at), view.getUint32(at + 4)), view.getUint32(at + 4))
    return all
  }
  return {
    count,
    id: (i) => view.getBigInt64(i * SESSION_BYTES),
    timeoutMs: (i) => view.getInt32(i * SESSION_BYTES + 8),
    has(high, low) {
      ids ??= readAll()
      return ids.has(spread(high, low), low)
    },
  }
}

export interface Session {
  readonly id: bigint
  readonly timeoutMs: number
}
