import type { Memory } from '../../kernel/window.ts'
import type { NodeLines } from './lines.ts'

/**
 * Walks the nodes of a snapshot in memory of its own: bytes are read straight into `bytes()`, so nothing is copied. All
 * positions are indices into that memory. Both implementations give the same results.
 */
export interface SnapshotKernel extends Memory {
  /** Starts a new snapshot. */
  begin(): void
  /**
   * Walks the nodes in [from, to), at most `capacity` of them, and returns how many there are. `before`: where the node
   * before begins, 0 for none.
   */
  frame(from: number, to: number, before: number, options: FrameOptions): number
  /** Why and where the last `frame` ended. */
  stopKind(): NodeStop
  stopAt(): number
  /** ROW_WORDS words a node; see ROW. */
  table(): Uint32Array
  /** Adler-32 of `length` bytes at `at`, going on from `start` (1 for a new one). */
  adler32(at: number, length: number, start: number): number
  /** Over all nodes since `begin`. */
  summary(): NodeSummary
  /** Undefined in the plain kernel. */
  readonly lines: NodeLines | undefined
}

export interface FrameOptions {
  /** The longest string that a server takes; longer ones are flagged OVER_LIMIT. */
  readonly limit: number
  /** The longest string that is believed. */
  readonly most: number
  /** Add the nodes to the digest. */
  readonly digest: boolean
}

export interface NodeSummary {
  /** The highest czxid, mzxid or pzxid; null without nodes. */
  readonly maxZxid: bigint | null
  /** Tree digest, version 2. */
  readonly digest: bigint
  /** The same as a server computes it in a locale without UTF-8. */
  readonly asciiDigest: bigint
}

/** Why a walk over nodes ended; the numbers are the kernel's (assembly/index.ts). */
export const NODE_STOP = {
  /** The input ends before the node does. */
  needMore: 0,
  tableFull: 1,
  /** The path "/", which ends the nodes. */
  end: 2,
  badPathLength: 3,
  nullPath: 4,
  badDataLength: 5,
} as const

export type NodeStop = (typeof NODE_STOP)[keyof typeof NODE_STOP]

/** Words of a row. */
export const ROW = {
  /** The length of the path; the path follows. */
  at: 0,
  /** The length of the data; the data follow. */
  dataAt: 1,
  /** The ACL reference; the stat follows (STAT). */
  aclAt: 2,
  /** NODE_FLAG; the depth of the node in the upper 24 bits. */
  flags: 3,
  /** Two words. */
  hash: 4,
} as const

export const ROW_WORDS = 6

export const NODE_FLAG = {
  /** The parent is neither the node before nor above it. */
  parentNotOpen: 1,
  /** Path or data are longer than `limit`. */
  overLimit: 2,
  /** A path that is not empty and has no slash: a server takes it for the root. */
  noSlash: 4,
  /** Another access list than the node before has, or the first node of a batch. */
  otherAcl: 8,
  /** ephemeralOwner is not zero. */
  owned: 16,
} as const

/** Rows that fit the table. */
export const ROWS = 1 << 14
/** The table lies behind the module's own data, then the output of the line writer, then the caller's bytes. */
export const TABLE_AT = 5 << 16
export const OUTPUT_AT = TABLE_AT + ROWS * ROW_WORDS * 4
export const OUTPUT_BYTES = 1 << 20
export const FIRST_FREE = OUTPUT_AT + OUTPUT_BYTES + 64
