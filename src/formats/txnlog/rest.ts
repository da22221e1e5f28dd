/*
 * What lies behind the place where a log's readable records end: nothing, zeros, half a record, junk, or records that a
 * server would silently drop.
 */
import { bodyStop } from '../kernel/body.ts'
import { STOP } from '../kernel/stop.ts'
import { type Proof, proveRecord } from './proof.ts'
import { findRecords } from './resync.ts'
import { FIELD, type Window } from './scan.ts'

/** Valid records found in the rest of a file. */
export interface FoundRecords {
  readonly count: number
  /** File offset of the first one. */
  readonly offset: number
  readonly firstZxid: bigint
  readonly lastZxid: bigint
}

export interface Rest {
  /** Bytes from the end of the readable records to the end of the file. */
  readonly bytes: number
  /** File offset behind the last byte that is not zero; the rest's own start when all are. */
  readonly endOfNonZero: number
  /**
   * The 12 bytes at the start of the rest, if there are that many: checksum and length field of what is no record. Its
   * type, if it reaches so far.
   */
  readonly head: { readonly checksum: bigint; readonly length: number; readonly type: number | null } | null
  /** The byte where that length puts the end mark, if the file reaches so far. */
  readonly endMark: number | null
  /** What is no record for a server is one by its checksum. */
  readonly proof: Proof | null
  /** A length above the limit, but the record is whole and its checksum fits. */
  readonly oversized: boolean
  /** A length inside the body is above what releases before 3.5.7 take (jute.maxbuffer + 1024). */
  readonly olderRefuse: boolean
  /** Valid records whose zxid is above all readable ones. */
  readonly hidden: FoundRecords | null
  /** Valid records with zxids that were seen before: what an older, longer file left behind. */
  readonly stale: FoundRecords | null
}

export interface RestOptions {
  /** The longest payload in bytes. */
  readonly limit: number
  /** The last readable zxid; -1 when there is none. */
  readonly after: bigint
}

/** Reads the window's input to its end. Constant memory: no more than the largest plausible record is held at once. */
export async function examineRest(window: Window, { limit, after }: RestOptions): Promise<Rest> {
  const { kernel } = window
  const start = window.base + window.head
  while (window.fill - window.head < FIELD.body && (await window.more()));
  const head = headAt(window)
  const olderRefuse = head !== null && hasOldBadLength(window, head.length, limit)
  const probe = head === null ? undefined : endMarkProbe(start, head.length)
  const oversize = head === null ? undefined : oversizeProbe(start, head.length, head.checksum, limit)
  let endOfNonZero = start
  let seen = window.head
  const look = () => {
    const end = kernel.endOfNonZero(seen, window.fill)
    if (end > seen) endOfNonZero = window.base + end
    probe?.look(window, seen)
    oversize?.look(window, seen)
    seen = window.fill
  }
  const more = async (): Promise<boolean> => {
    const base = window.base
    const going = await window.more()
    seen -= window.base - base
    look()
    return going
  }
  look()

  const proof = (await proveRecord(window, limit, after, more)) ?? null
  const hidden = collector()
  const stale = collector()
  for (;;) {
    const count = await findRecords(window, limit, more)
    if (count === 0) break
    const table = kernel.table()
    const view = new DataView(kernel.bytes().buffer)
    for (let i = 0; i < count; i++) {
      const record = table[2 * i]!
      const zxid = view.getBigInt64(record + 24)
      const found = zxid > after ? hidden : stale
      found.add(window.base + record, zxid)
    }
    window.head = kernel.stopAt()
  }
  const bytes = window.base + window.fill - start
  return {
    bytes,
    endOfNonZero,
    head,
    proof,
    endMark: probe?.result() ?? null,
    oversized: oversize?.result() ?? false,
    olderRefuse,
    hidden: hidden.result(),
    stale: stale.result(),
  }
}

function headAt({ kernel, head, fill }: Window): Rest['head'] {
  if (fill - head < 12) return null
  const view = new DataView(kernel.bytes().buffer)
  const type = fill - head < FIELD.body ? null : view.getInt32(head + FIELD.type)
  return { checksum: view.getBigUint64(head), length: view.getInt32(head + 8), type }
}

function hasOldBadLength({ kernel, head, fill }: Window, length: number, limit: number): boolean {
  if (length < 0 || head + 12 + length > fill) return false
  const view = new DataView(kernel.bytes().buffer)
  // the limit is twice jute.maxbuffer (payloadLimit)
  return bodyStop(view, head + 12, length, limit / 2 + 1024) === STOP.badInnerLength
}

/** Something that looks at every byte of the rest once, as it comes. */
interface Probe<T> {
  look(window: Window, from: number): void
  result(): T
}

function endMarkProbe(start: number, length: number): Probe<number | null> {
  const offset = start + 12 + length
  let found: number | null = null
  return {
    look(window, from) {
      const index = offset - window.base
      if (length > 0 && index >= from && index < window.fill) found = window.kernel.bytes()[index]!
    },
    result: () => found,
  }
}

/** Whether a record that is longer than the limit is nevertheless whole: its Adler-32 is taken as the bytes pass. */
function oversizeProbe(start: number, length: number, checksum: bigint, limit: number): Probe<boolean> | undefined {
  if (length <= limit) return undefined
  const first = start + 12
  const end = first + length
  let sum = 1
  let summed = first
  let marked = false
  return {
    look(window, from) {
      const begin = Math.max(from, first - window.base)
      const stop = Math.min(window.fill, end - window.base)
      if (begin < stop) {
        sum = window.kernel.adler32(begin, stop - begin, sum)
        summed += stop - begin
      }
      const mark = end - window.base
      if (mark >= from && mark < window.fill) marked = window.kernel.bytes()[mark] === 0x42
    },
    result: () => marked && summed === end && BigInt(sum) === checksum,
  }
}

function collector(): { add(offset: number, zxid: bigint): void; result(): FoundRecords | null } {
  let found: { count: number; offset: number; firstZxid: bigint; lastZxid: bigint } | null = null
  return {
    add(offset, zxid) {
      found ??= { count: 0, offset, firstZxid: zxid, lastZxid: zxid }
      found.count++
      found.lastZxid = zxid
    },
    result: () => found,
  }
}
