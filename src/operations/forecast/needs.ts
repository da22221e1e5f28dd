/* What a tree needs of time and memory. The figures were measured on servers, see docs/health.md. */
const NETWORK_BYTES_PER_MS = 125_000
const DISK_BYTES_PER_MS = 80_000
const ZNODES_PER_MS = 300
/** Lists of children, times and access lists beside path and data. */
const SNAPSHOT_BYTES_PER_ZNODE = 76
const HEAP_BYTES_PER_ZNODE = 350
const HEAP_BYTES_PER_EPHEMERAL = 50
const HEAP_BYTES_PER_WATCH = 100

export const SYNC_ASSUMES = '1 Gbit/s between members, 80 MB/s to disk, 300,000 znodes/s; half as much again in reserve'
/** Above it a sync is no longer sure to fit. */
export const SYNC_RESERVE = 1.5
/** The share of the heap that tree and watches may take; requests, caches, sessions and garbage need the rest. */
export const HEAP_SHARE = 0.65

export function snapshotBytes(dataBytes: number, znodes: number): number {
  return dataBytes + SNAPSHOT_BYTES_PER_ZNODE * znodes
}

/** How long a follower with an empty disk takes to have everything: sent, written, loaded. */
export function syncMs(bytes: number, znodes: number): number {
  return Math.round(bytes / NETWORK_BYTES_PER_MS + bytes / DISK_BYTES_PER_MS + znodes / ZNODES_PER_MS)
}

export interface TreeSize {
  readonly dataBytes: number
  readonly znodes: number
  readonly ephemerals: number
  readonly watches: number
}

/** What tree and watches take of the heap of a server. */
export function treeHeapBytes({ dataBytes, znodes, ephemerals, watches }: TreeSize): number {
  const nodes = HEAP_BYTES_PER_ZNODE * znodes + HEAP_BYTES_PER_EPHEMERAL * ephemerals
  return dataBytes + nodes + HEAP_BYTES_PER_WATCH * watches
}
