/*
 * Counts what the records of logs hold: types, operations inside multis, bytes of data, and by key the paths, prefixes
 * of paths, sessions and error codes. What a record names is what `log dump` shows of it.
 *
 * A record counts once for each different path that it names, with all its bytes; so it does for each prefix.
 */
import type { RecordBatch } from '../scan.ts'

/** The numbers of the counters in assembly/tally.ts. */
export const COUNTERS = ['paths', 'prefixes', 'sessions', 'errors', 'failedOps'] as const

/** How many keys each counter holds at most, and in how many bytes. */
export type Bounds = Readonly<Record<(typeof COUNTERS)[number], readonly [keys: number, bytes: number]>>

/** Three quarters of a power of two, so that no slot is idle; 10 MiB with everything. */
export const BOUNDS: Bounds = {
  paths: [49_152, 6 << 20],
  prefixes: [12_288, 3 << 19],
  sessions: [24_576, 3 << 19],
  errors: [768, 48 << 10],
  failedOps: [768, 48 << 10],
}

export interface TallyOptions {
  /** Null: every key is counted, however many there are. */
  readonly bounds: Bounds | null
  /** Components of the prefixes, from 1. */
  readonly depth: number
}

export interface Tally {
  /** The records of a batch. Throws `input.too-large` when exact counts need more memory than there is. */
  add(batch: RecordBatch): void
  result(): TallyResult
}

export interface TypeCount {
  /** Op code; null for all that are not known. */
  readonly type: number | null
  readonly count: number
  /** Of the whole records. */
  readonly bytes: number
  /** Operations of this type inside multis. */
  readonly ops: number
}

export interface TallyResult {
  /** Those that there are. */
  readonly types: readonly TypeCount[]
  /** Of all znode data that is written. */
  readonly dataBytes: number
  readonly paths: KeyCounts
  readonly prefixes: KeyCounts
  /** By the 8 bytes of a session id. */
  readonly sessions: KeyCounts
  /** By the 4 bytes of a code: error records. */
  readonly errors: KeyCounts
  /** Failed operations inside multis; no bytes for one without a code. */
  readonly failedOps: KeyCounts
}

/** Counts by key, in no order. */
export interface KeyCounts {
  /** Keys that are held; all that there are when nothing was missed. */
  readonly keys: number
  /** The most that a key can have which is not held; 0: every count is exact. */
  readonly missed: number
  /** What `visit` returns is the least count that it wants to see from then on. */
  each(visit: (count: number, bytes: number, ref: number) => number): void
  /** What a `ref` of `each` stands for. */
  keyAt(ref: number): Uint8Array
  /** So much more than its count may a key really have. */
  missedAt(ref: number): number
}
