/*
 * Everything valid in a log, however damaged it is:
 *
 * 1. Records are framed as a server does.
 * 2. What stops a server may still be a record whose payload is proven by its checksum: an end mark, a length or the
 *    upper half of the checksum is wrong, or the end mark is cut off. Such a record is handed out as mended.
 * 3. Otherwise the next valid record is searched (resync.ts); what lies between is damage.
 *
 * A checksum is never recomputed: every record that comes out of here carries the one that was stored. Constant memory.
 */
import { type Kernel, TABLE_ROWS } from '../kernel/kernel.ts'
import { STOP } from '../kernel/stop.ts'
import { LOG_HEADER_BYTES, LOG_MAGIC, type LogHeader, readLogHeader } from './header.ts'
import { proveRecord, type Wrong } from './proof.ts'
import { findRecords } from './resync.ts'
import { batchOf, type ReadBytes, type RecordBatch, Window, zxidAt } from './scan.ts'

/** Records that are right as they lie there. */
export interface WholeRecords extends RecordBatch {
  readonly kind: 'records'
}

/** A record whose payload is proven, but something around it is not as it should be. */
export interface MendedRecord extends RecordBatch {
  readonly kind: 'mended'
  /** File offset and size in bytes of what stands there. */
  readonly offset: number
  readonly bytesThere: number
  /** The record's first 12 bytes as they should be. */
  readonly head: Uint8Array
  readonly payloadBytes: number
  readonly wrong: Wrong
}

/** Bytes [offset, end) that are nothing valid. */
export interface Damage {
  readonly kind: 'damage'
  readonly offset: number
  readonly end: number
  /** All of them are zero. */
  readonly zero: boolean
}

export interface SurveyEnd {
  /** Null when the file does not begin with a log's header. */
  readonly header: LogHeader | null
  /** Size of the whole input. */
  readonly bytes: number
  /** Zeros at the end. */
  readonly paddingBytes: number
}

const NO_HEADER: LogHeader = { magic: 0, version: 0, dbId: 0n }
const CHUNK_BYTES = 4 << 20
/** A record's checksum and length fields. */
const HEAD_BYTES = 12

/** `limit`: the longest payload in bytes. Throws what `read` throws. */
export async function* surveyLog(
  kernel: Kernel,
  read: ReadBytes,
  limit: number,
): AsyncGenerator<WholeRecords | MendedRecord | Damage, SurveyEnd> {
  const window = new Window(kernel, read, CHUNK_BYTES)
  while (window.fill - window.head < LOG_HEADER_BYTES && (await window.more()));
  const early = await earlyRecord(window, limit)
  const header = early === undefined ? headerOf(window) : null
  if (header !== null) window.head += LOG_HEADER_BYTES
  else {
    // a header that is lost has its 16 bytes before the first record, as a rule
    const bytes = early ?? Math.min(LOG_HEADER_BYTES, window.fill - window.head)
    if (bytes > 0) yield damage(window, window.head, window.head + bytes)
    window.head += bytes
  }
  let lastZxid = -1n
  for (;;) {
    const count = kernel.frame(window.head, window.fill, limit, TABLE_ROWS)
    const stop = kernel.stopKind()
    window.head = kernel.stopAt()
    if (count > 0) {
      const batch = batchOf(window, header ?? NO_HEADER, count)
      lastZxid = zxidAt(batch, count - 1)
      yield { kind: 'records', ...batch }
    }
    if (stop === STOP.tableFull) continue
    if (stop === STOP.needMore && (await window.more())) continue
    const mended = await mend(window, header ?? NO_HEADER, limit, lastZxid)
    if (mended !== undefined) {
      lastZxid = zxidAt(mended, 0)
      yield mended
      continue
    }
    const from = window.base + window.head
    const passage = new Passage(window)
    const found = await findRecords(window, limit, () => passage.more())
    const to = window.base + window.head
    passage.look()
    const end = passage.endOfNonZero
    if (found === 0) {
      if (end > from) yield { kind: 'damage', offset: from, end, zero: false }
      return { header, bytes: to, paddingBytes: to - end }
    }
    yield { kind: 'damage', offset: from, end: to, zero: end === from }
  }
}

/** Where the first record starts when bytes of the header are missing; undefined when it starts behind all 16 or not. */
async function earlyRecord(window: Window, limit: number): Promise<number | undefined> {
  if (await isRecord(window, LOG_HEADER_BYTES, limit)) return undefined
  for (let ahead = 0; ahead < LOG_HEADER_BYTES; ahead++) if (await isRecord(window, ahead, limit)) return ahead
  return undefined
}

/** Whether a valid record starts `ahead` bytes behind the window's head. */
async function isRecord(window: Window, ahead: number, limit: number): Promise<boolean> {
  const { kernel } = window
  // the window moves when it is read on
  const reach = async (bytes: number) => {
    while (window.fill - window.head < ahead + bytes && (await window.more()));
    return window.fill - window.head >= ahead + bytes
  }
  if (!(await reach(HEAD_BYTES))) return false
  const at = window.head + ahead
  const view = new DataView(kernel.bytes().buffer)
  const length = view.getUint32(at + 8)
  if (view.getUint32(at) !== 0 || length < 32 || length > limit || !(await reach(length + 13))) return false
  return kernel.frame(window.head + ahead, window.fill, limit, 1) === 1
}

function headerOf({ kernel, head, fill }: Window): LogHeader | null {
  if (fill - head < LOG_HEADER_BYTES) return null
  const header = readLogHeader(kernel.bytes().subarray(head, head + LOG_HEADER_BYTES))
  return header.magic === LOG_MAGIC ? header : null
}

function damage(window: Window, from: number, to: number): Damage {
  const zero = window.kernel.endOfNonZero(from, to) === from
  return { kind: 'damage', offset: window.base + from, end: window.base + to, zero }
}

/** Looks for bytes that are not zero in what the window's head passes over. */
class Passage {
  private readonly window: Window
  private seen: number
  /** File offset behind the last byte that is not zero; where the passage begins when all are. */
  endOfNonZero: number

  constructor(window: Window) {
    this.window = window
    this.seen = window.head
    this.endOfNonZero = window.base + window.head
  }

  /** Reads on. */
  async more(): Promise<boolean> {
    this.look()
    const { window } = this
    const base = window.base
    const going = await window.more()
    this.seen -= window.base - base
    return going
  }

  look(): void {
    const { kernel, base, head } = this.window
    const end = kernel.endOfNonZero(this.seen, head)
    if (end > this.seen) this.endOfNonZero = base + end
    this.seen = head
  }
}

/** The record at the window's head with what is wrong around its payload put right; undefined when it is not proven. */
async function mend(
  window: Window,
  header: LogHeader,
  limit: number,
  after: bigint,
): Promise<MendedRecord | undefined> {
  const proof = await proveRecord(window, limit, after)
  if (proof === undefined) return undefined
  const { length, wrong } = proof
  // an end mark that is missing, not wrong: the next record lies in its place
  const marked = wrong !== 'end-mark' || !(await isRecord(window, HEAD_BYTES + length, limit))
  const { kernel, head, fill } = window
  const newHead = new Uint8Array(HEAD_BYTES)
  const view = new DataView(newHead.buffer)
  view.setUint32(4, new DataView(kernel.bytes().buffer).getUint32(head + 4))
  view.setUint32(8, length)
  kernel.table().set([head, length])
  // at the end of the file it may be cut off
  const bytesThere = Math.min(HEAD_BYTES + length + (marked ? 1 : 0), fill - head)
  window.head += bytesThere
  return {
    ...batchOf(window, header, 1),
    kind: 'mended',
    offset: window.base + head,
    bytesThere,
    head: newHead,
    payloadBytes: length,
    wrong,
  }
}
