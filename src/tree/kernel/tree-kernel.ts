import type { Kernel } from '../../formats/kernel/kernel.ts'

/** Where a value lies. Its bytes are never copied: read them from file `source` when they are needed. */
export interface ValuePlace {
  /** In bytes; -1 for null. */
  readonly length: number
  readonly source: number
  /** In the file, after decompression. */
  readonly offset: number
}

/** The stat of a znode as stored (StatPersisted); 64-bit values are signed. */
export interface Stat {
  readonly czxid: bigint
  readonly mzxid: bigint
  readonly ctime: bigint
  readonly mtime: bigint
  readonly version: number
  /** Counts creates of children; clients see twice this minus the number of children. */
  readonly cversion: number
  readonly aversion: number
  readonly ephemeralOwner: bigint
  readonly pzxid: bigint
}

export interface TreeCounts {
  /** Paths, without the server's second name of the root. */
  readonly nodes: number
  readonly ephemerals: number
  readonly containers: number
  readonly ttls: number
  /** Nodes whose path is not ASCII. */
  readonly notAscii: number
  readonly sessions: number
  readonly valueBytes: number
  /** UTF-16 units of all paths. */
  readonly pathUnits: number
}

/** How often something was ignored, as the server does. */
export interface Ignored {
  readonly noNode: number
  readonly nodeExists: number
  /** Paths that are none, and operations of a multi that cannot be decoded. */
  readonly unreadable: number
  /** Operations of multis left out because of one before them. */
  readonly leftOut: number
}

export const REPLAY = { done: 0, mismatch: 1, recovered: 2 } as const
export const LOAD = { needMore: 0, end: 1, badLength: 2, noParent: 3, badPath: 4 } as const
/** How paths become bytes for the digest: the charset of the JVM. */
export const CHARSET = { utf8: 0, ascii: 1, latin1: 2 } as const
export type Charset = keyof typeof CHARSET

/** How a replay stands. */
export interface ReplayState {
  /** Of the last call; see REPLAY. */
  readonly stop: number
  /** First and highest applied; null for none. */
  readonly firstZxid: bigint | null
  readonly lastZxid: bigint
  /** The highest before the last one applied. */
  readonly highestBefore: bigint
  readonly lastTimeMs: bigint
  readonly applied: number
  /** Digests compared. */
  readonly compared: number
  readonly mismatches: number
  /** Transactions that change something but carry no digest. */
  readonly undigested: number
  readonly expected: bigint
  /** Of a digest that a fuzzy snapshot promises for a later zxid. */
  readonly snapshotDigest: 'waiting' | 'right' | 'wrong'
  readonly ignored: Ignored
  /** The first transaction on which a server that looks up access lists (3.8.4, 3.9.2 on) fails. */
  readonly listMissingAt: bigint | null
}

export interface ReplayStart {
  /** Records below are skipped until one is not. */
  readonly from: bigint
  /** The digest of a fuzzy snapshot: nothing is compared before that zxid. */
  readonly awaited: { readonly zxid: bigint; readonly value: bigint } | null
}

/**
 * A data tree at its lowest level; rows are handles that stay good until the next change. Both implementations give the
 * same results.
 */
export interface TreeKernel {
  /** The memory that snapshot and log bytes are read into. */
  readonly log: Kernel
  /** Starts over. `bufferBytes`: room for what is read. Throws `input.too-large`. */
  open(rules: number, extendedTypes: boolean, bufferBytes: number): void
  /** Empties the tree. */
  reset(): void

  addSession(id: bigint, timeoutMs: number): void
  /** The list lies at [at, at + length) in memory: its count and entries. */
  addAcl(id: bigint, at: number, length: number): void
  /** Takes nodes in [from, to); `stop` is one of LOAD, `at` is behind what was taken. */
  loadNodes(from: number, to: number, limit: number, base: number, source: number): { stop: number; at: number }
  /** Forgets access lists that no node has. */
  purgeAcls(): void
  /** Of all stats loaded. */
  highest(): { readonly highestZxid: bigint; readonly highestTimeMs: bigint }

  openReplay(start: ReplayStart): void
  /** Applies records [row, count) of the log kernel's table; returns the next one, see REPLAY. */
  replay(row: number, count: number, base: number, source: number): number
  state(): ReplayState
  /** The last mismatch was explained and the tree put right. */
  setMatching(): void
  /** Deletes a row as a transaction of that zxid would. */
  deleteRow(row: number, zxid: bigint): void

  counts(): TreeCounts
  /** Signed. */
  digest(): bigint
  charset(): Charset
  /** The digest with another charset; with `keep` the tree goes on with it. */
  digestIn(charset: Charset, keep: boolean): bigint
  digestOf(row: number): number
  digestWithPzxid(row: number, pzxid: bigint): number

  /** 0 when there is none. The root's path is empty. */
  find(path: Uint8Array): number
  /** All rows, in no order. */
  rows(): Uint32Array
  /** 0 for the root. */
  parentOf(row: number): number
  pathOf(row: number): Uint8Array
  nameOf(row: number): Uint8Array
  stat(row: number): Stat
  /** The 60 bytes of StatPersisted in file order. */
  statBytes(row: number): Uint8Array
  value(row: number): ValuePlace
  aclId(row: number): bigint
  ownerOf(row: number): bigint
  /** Lists by id, each as its bytes. */
  acls(): Map<bigint, Uint8Array>
  /** Timeouts in ms by session. */
  sessions(): Map<bigint, number>
  /** Rows of the ephemerals of each session that is in no session table. */
  deadEphemerals(): Map<bigint, number[]>
  /** Bytes of memory in use. */
  memoryBytes(): number
}

/** How many files values may lie in. */
export const MAX_SOURCES = 1 << 24
