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
import { bodyStop } from '../kernel/body.ts'
import { type Kernel, TABLE_ROWS } from '../kernel/kernel.ts'
import { STOP } from '../kernel/stop.ts'
import { LOG_HEADER_BYTES, LOG_MAGIC, type LogHeader, readLogHeader } from './header.ts'
import { findRecords } from './resync.ts'
import { batchOf, type ReadBytes, type RecordBatch, Window } from './scan.ts'

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
  readonly wrong: readonly ('checksum-field' | 'length' | 'end-mark')[]
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

/** `limit`: the longest payload in bytes. Throws what `read` throws. */
export async function* surveyLog(
  kernel: Kernel,
  read: ReadBytes,
  limit: number,
): AsyncGenerator<WholeRecords | MendedRecord | Damage, SurveyEnd> {
  const window = new Window(kernel, read, CHUNK_BYTES)
  while (window.fill - window.head < LOG_HEADER_BYTES && (await window.more()));
  const header = headerOf(window)
  if (header !== null) window.head += LOG_HEADER_BYTES
  else {
    // a header that is lost has its 16 bytes before the first record, as a rule
    const bytes = Math.min(LOG_HEADER_BYTES, window.fill - window.head)
    if (bytes > 0) yield damage(window, window.head, window.head + bytes)
    window.head += bytes
  }
  for (;;) {
    const count = kernel.frame(window.head, window.fill, limit, TABLE_ROWS)
    const stop = kernel.stopKind()
    window.head = kernel.stopAt()
    if (count > 0) yield { kind: 'records', ...batchOf(window, header ?? NO_HEADER, count) }
    if (stop === STOP.tableFull) continue
    if (stop === STOP.needMore && (await window.more())) continue
    const mended = await mend(window, header ?? NO_HEADER, limit)
    if (mended !== undefined) {
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
async function mend(window: Window, header: LogHeader, limit: number): Promise<MendedRecord | undefined> {
  while (window.fill - window.head < limit + 13 && (await window.more()));
  const { kernel, head, fill } = window
  if (fill - head < 12 + 32) return undefined
  const bytes = kernel.bytes()
  const view = new DataView(bytes.buffer)
  const stored = view.getUint32(head + 4)
  // no Adler-32 is 0: padding
  if (stored === 0) return undefined
  const claimed = view.getUint32(head + 8)
  const payload = head + 12
  const proven = (length: number) =>
    payload + length <= fill &&
    kernel.adler32(payload, length, 1) === stored &&
    bodyStop(view, payload, length, limit) === undefined
  const length = claimed >= 32 && claimed <= limit && proven(claimed) ? claimed : trueLength(window, limit, stored)
  if (length === undefined || (length !== claimed && !proven(length))) return undefined
  const end = payload + length
  const wrong: MendedRecord['wrong'][number][] = []
  if (view.getUint32(head) !== 0) wrong.push('checksum-field')
  if (length !== claimed) wrong.push('length')
  const cut = end >= fill
  if (cut || bytes[end] !== END_MARK) wrong.push('end-mark')
  // two things wrong at once are more likely no record
  if (wrong.length !== 1) return undefined
  const newHead = new Uint8Array(12)
  const newView = new DataView(newHead.buffer)
  newView.setUint32(4, stored)
  newView.setUint32(8, length)
  kernel.table().set([head, length])
  const bytesThere = (cut ? end : end + 1) - head
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

const END_MARK = 0x42
const MODULUS = 65521

/** The length at which the stored checksum fits and an end mark follows: the sum is taken on byte by byte. */
function trueLength({ kernel, head, fill }: Window, limit: number, stored: number): number | undefined {
  const bytes = kernel.bytes()
  const payload = head + 12
  const end = Math.min(fill - 1, payload + limit)
  let a = 1
  let b = 0
  for (let at = payload; at < end; ) {
    a += bytes[at++]!
    if (a >= MODULUS) a -= MODULUS
    b += a
    if (b >= MODULUS) b -= MODULUS
    if (bytes[at] === END_MARK && ((b << 16) | a) >>> 0 === stored && at - payload >= 32) return at - payload
  }
  return undefined
}
