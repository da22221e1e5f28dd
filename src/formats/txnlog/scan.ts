/*
 * Reads a transaction log in pieces and hands out its records in batches, as the server's reader takes them:
 *
 * 1. The header is read and checked.
 * 2. One reused buffer, which lies inside the kernel's memory, is filled; the kernel walks it and returns a table of
 *    records; an incomplete last record moves to the front. A record larger than the buffer makes it grow, but only as
 *    far as bytes really came: a length field is a claim.
 * 3. At the first thing that is no record the walk ends. What lies behind it is searched for records (rest.ts), which
 *    tells a torn tail from damage.
 *
 * Guarantees: constant memory; nothing is made per record; every input ends in a LogEnd.
 */
import { bodyStop } from '../kernel/body.ts'
import { type Kernel, TABLE_ROWS } from '../kernel/kernel.ts'
import type { LineWriter } from '../kernel/lines.ts'
import { STOP, type StopKind } from '../kernel/stop.ts'
import { type ReadBytes, Window } from '../kernel/window.ts'
import { LOG_HEADER_BYTES, LOG_MAGIC, type LogHeader, readLogHeader } from './header.ts'
import { OP } from './ops.ts'
import { examineRest, type Rest } from './rest.ts'

export { type ReadBytes, Window }

/** Records that lie in the kernel's memory until the next batch is asked for. */
export interface RecordBatch {
  /** Holds the records. */
  readonly kernel: Kernel
  readonly header: LogHeader
  /** What is wrong with the only record of this batch; handed out with `passFlawed` only. */
  readonly flaw?: Flaw
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly count: number
  /** Two words a record: index of its checksum field in `bytes`, length of its payload. */
  readonly table: Uint32Array
  /** Added to an index in `bytes` it gives the offset in the file. */
  readonly base: number
  /** See Kernel.find; for places in `bytes`. */
  readonly find: Kernel['find']
  /** Writes rows of this table as text; undefined without SIMD. */
  readonly lines: LineWriter | undefined
}

/** What keeps a complete record from being one that a server takes. */
export interface Flaw {
  readonly checksum: boolean
  readonly endMark: boolean
}

/** How a log ends. `offset`: behind the last readable record, in the file (after decompression). */
export type LogEnd =
  | { readonly kind: 'no-header'; readonly bytes: number }
  | { readonly kind: 'bad-magic'; readonly bytes: number; readonly magic: number; readonly rest: Rest }
  | {
      readonly kind: 'records'
      readonly header: LogHeader
      /** Size of the whole input. */
      readonly bytes: number
      readonly offset: number
      readonly stop: StopKind
      readonly rest: Rest
    }

export interface ScanOptions {
  /** The longest payload that a server takes, in bytes; see payloadLimit. */
  readonly limit: number
  /** Hand out records of unknown types too and go on behind them. */
  readonly passUnknown?: boolean
  /** Hand out a closeSession whatever its body is, as servers do that do not read it. */
  readonly passCloseSession?: boolean
  /**
   * Hand out decodable records with a wrong checksum too and go on behind them, and one whose end mark is wrong or
   * missing before the end (as TxnLogToolkit does).
   */
  readonly passFlawed?: boolean
  /** Go on where an earlier reading ended: the input begins at that offset. */
  readonly from?: ReadSoFar | undefined
  readonly chunkBytes?: number
}

/** A log as far as it was read; the last zxid is -1 when there was no record. */
export interface ReadSoFar {
  readonly header: LogHeader
  readonly offset: number
  readonly lastZxid: bigint
}

const CHUNK_BYTES = 4 << 20
/** 0xfffff, the default of `jute.maxbuffer`. */
export const DEFAULT_JUTE_MAXBUFFER = 1_048_575

/**
 * The longest payload for a `jute.maxbuffer`: 3.5.7 and 3.6.0 on add `jute.maxbuffer.extrasize`, which defaults to the
 * same (at least 1024) again; capped at 2^31-1 (BinaryInputArchive.checkLength).
 */
export function payloadLimit(juteMaxbuffer: number): number {
  return Math.min(juteMaxbuffer + Math.max(juteMaxbuffer, 1024), 2 ** 31 - 1)
}

/** How large the buffer of a scan can get: it doubles until it holds the longest record. */
export function mostBufferBytes(limit: number): number {
  let bytes = CHUNK_BYTES
  while (bytes < limit + 13) bytes *= 2
  return bytes
}

/** See the head of this file. Throws `input.too-large` when a record does not fit in memory, and what `read` throws. */
export async function* scanLog(
  kernel: Kernel,
  read: ReadBytes,
  options: ScanOptions,
): AsyncGenerator<RecordBatch, LogEnd> {
  const { from, limit } = options
  const window = new Window(kernel, read, options.chunkBytes ?? CHUNK_BYTES, { offset: from?.offset })
  const header = from?.header ?? (await nextHeader(window))
  if (header === undefined) return { kind: 'no-header', bytes: window.base + window.fill }
  if (header.magic !== LOG_MAGIC) {
    const rest = await examineRest(window, { limit, after: -1n })
    return { kind: 'bad-magic', bytes: window.base + window.fill, magic: header.magic, rest }
  }
  if (from === undefined) window.head += LOG_HEADER_BYTES

  let lastZxid = from?.lastZxid ?? -1n
  for (;;) {
    const count = kernel.frame(window.head, window.fill, limit, TABLE_ROWS)
    const stop = kernel.stopKind()
    window.head = kernel.stopAt()
    if (count > 0) {
      const batch = batchOf(window, header, count)
      lastZxid = zxidAt(batch, count - 1)
      yield batch
    }
    if (stop === STOP.tableFull) continue
    if (stop === STOP.needMore && (await window.more())) continue
    const flaw = options.passFlawed ? flawOf(window, stop, limit) : undefined
    const passes =
      (stop === STOP.unknownType && options.passUnknown) ||
      (stop === STOP.badInnerLength && options.passCloseSession && isCloseSession(window))
    if (passes || flaw !== undefined) {
      const length = viewOf(kernel).getUint32(window.head + 8)
      kernel.table().set([window.head, length])
      const batch = { ...batchOf(window, header, 1), ...(flaw === undefined ? {} : { flaw }) }
      if (!flaw?.endMark) {
        window.head += length + 13
        lastZxid = zxidAt(batch, 0)
      }
      yield batch
      if (!flaw?.endMark) continue
    }
    const offset = window.base + window.head
    const rest = await examineRest(window, { limit, after: lastZxid })
    return { kind: 'records', header, bytes: window.base + window.fill, offset, stop, rest }
  }
}

function isCloseSession({ kernel, head }: Window): boolean {
  return viewOf(kernel).getInt32(head + FIELD.type) === OP.closeSession
}

async function nextHeader(window: Window): Promise<LogHeader | undefined> {
  while (window.fill - window.head < LOG_HEADER_BYTES && (await window.more()));
  const { kernel, head, fill } = window
  return fill - head < LOG_HEADER_BYTES
    ? undefined
    : readLogHeader(kernel.bytes().subarray(head, head + LOG_HEADER_BYTES))
}

/** Undefined for what is no decodable record. */
function flawOf(window: Window, stop: StopKind, limit: number): Flaw | undefined {
  const { kernel, head, fill } = window
  const view = viewOf(kernel)
  if (fill - head < 12) return undefined
  const length = view.getUint32(head + 8)
  if (length === 0 || length > limit || head + 12 + length > fill) return undefined
  // needMore: all of it is there but the end mark
  if (stop !== STOP.badChecksum && stop !== STOP.badEndMark && stop !== STOP.needMore) return undefined
  if (bodyStop(view, head + 12, length, limit) !== undefined) return undefined
  const checksum = view.getBigUint64(head) !== BigInt(kernel.adler32(head + 12, length, 1))
  return { checksum, endMark: stop !== STOP.badChecksum }
}

/** The first `count` rows of the kernel's table. */
export function batchOf(
  { kernel, base }: Pick<Window, 'kernel' | 'base'>,
  header: LogHeader,
  count: number,
): RecordBatch {
  return {
    kernel,
    header,
    bytes: kernel.bytes(),
    view: viewOf(kernel),
    count,
    table: kernel.table(),
    base,
    find: kernel.find,
    lines: kernel.lines,
  }
}

function viewOf(kernel: Kernel): DataView {
  return new DataView(kernel.bytes().buffer)
}

/** Fields of a payload, from its record's start. */
export const FIELD = { session: 12, cxid: 20, zxid: 24, timeMs: 32, type: 40, body: 44 } as const

/** The zxid of record `i` (signed, as stored). */
export function zxidAt({ view, table }: RecordBatch, i: number): bigint {
  return view.getBigInt64(table[2 * i]! + FIELD.zxid)
}
