import type { LineWriter } from './lines.ts'
import type { StopKind } from './stop.ts'
import type { WasmMemory } from './webassembly.ts'

/**
 * Walks records in memory of its own: bytes are read straight into `bytes()`, so nothing is copied. All positions are
 * indices into that memory. Both implementations give the same results.
 */
export interface Kernel {
  /** The memory; a new object after `reserve`. */
  bytes(): Uint8Array
  /** Makes the memory at least `size` bytes long; false when there is no more to be had (4 GiB). */
  reserve(size: number): boolean
  /**
   * Walks the records in [from, to), at most `capacity` of them, and returns how many there are. `limit` is the longest
   * payload in bytes. Each of them is a record that the server's reader would take.
   */
  frame(from: number, to: number, limit: number, capacity: number): number
  /** Why and where the last `frame` ended. */
  stopKind(): StopKind
  stopAt(): number
  /** Two words a record: where it starts (its checksum field), and its payload's length in bytes. */
  table(): Uint32Array
  /** Adler-32 of `length` bytes at `at`, going on from `start` (1 for a new one). */
  adler32(at: number, length: number, start: number): number
  /** The first place in [from, to) where a record could start, by its head and its end mark if that is there, or `to`. */
  search(from: number, to: number, limit: number): number
  /** Behind the last byte of [from, to) that is not zero; `from` when all are. */
  endOfNonZero(from: number, to: number): number
  /** The first place in [from, to) where `needle` (2 bytes or more) stands, or `to`. */
  find(from: number, to: number, needle: Uint8Array): number
  /** Undefined in the plain kernel. */
  readonly lines: LineWriter | undefined
  /**
   * For other modules that work on the same bytes; undefined in the plain kernel. After one made it larger
   * `reserve(0)` renews `bytes()` and `table()`.
   */
  readonly memory: WasmMemory | undefined
}

/** Rows that fit the table. */
export const TABLE_ROWS = 1 << 15
/** The table lies behind the module's own data, then the output of the line writer, then the caller's bytes. */
export const TABLE_AT = 1 << 16
export const OUTPUT_AT = TABLE_AT + TABLE_ROWS * 8
export const OUTPUT_BYTES = 1 << 20
export const FIRST_FREE = OUTPUT_AT + OUTPUT_BYTES + 64
