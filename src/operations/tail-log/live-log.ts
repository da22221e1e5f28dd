/*
 * A log that a server may be writing to, read by positions:
 *
 * Its end is wherever the next record is not complete yet: a zero length in the padding, half a record, a header that is
 * not there. None of that is damage as long as the log is the newest one; the next read looks again. A record is handed
 * out when all of it is there: length, end mark, checksum and body fit.
 */
import { setImmediate } from 'node:timers/promises'
import { type GrowingFile, openGrowing } from '../../datadir/growing-file.ts'
import type { LogFile } from '../../datadir/log-files.ts'
import { FIRST_FREE, type Kernel, TABLE_ROWS } from '../../formats/kernel/kernel.ts'
import { STOP, type StopKind } from '../../formats/kernel/stop.ts'
import { LOG_HEADER_BYTES, LOG_MAGIC, type LogHeader, readLogHeader } from '../../formats/txnlog/header.ts'
import { examineRest } from '../../formats/txnlog/rest.ts'
import { batchOf, type LogEnd, payloadLimit, Window, zxidAt } from '../../formats/txnlog/scan.ts'
import { endFindings, tailOf } from '../../formats/txnlog/tail.ts'
import { interrupted, ZkopsError } from '../../support/errors.ts'
import type { LogBatch, LogDone } from '../read-logs.ts'

export interface LiveLogOptions {
  readonly kernel: Kernel
  /** The servers' `jute.maxbuffer` in bytes. */
  readonly juteMaxbuffer: number
  readonly signal: AbortSignal
}

/**
 * What became of the file: `cut` is shorter than what was read of it, `rewritten` holds other records there, in place or
 * under its name.
 */
export type Standing = 'same' | 'cut' | 'rewritten' | 'removed'

/** Between two looks mostly nothing or a few records come. */
const FIRST_READ = 64 << 10
const MOST_READ = 4 << 20
/** A record's head and header up to its time: enough to tell it from another one. */
const MARK_BYTES = 40

export class LiveLog {
  readonly log: LogFile
  private readonly options: LiveLogOptions
  /** The longest payload in bytes. */
  private readonly limit: number
  private file: GrowingFile
  private header: LogHeader | undefined
  private stop: StopKind = STOP.needMore
  /** Behind the last complete record. */
  offset = 0
  lastZxid: bigint | null = null
  /** The last record's first bytes, and where they lie. */
  private mark: { readonly at: number; readonly bytes: Uint8Array } | undefined

  /** Throws `input.missing` or `input.unreadable`. */
  constructor(log: LogFile, options: LiveLogOptions) {
    this.log = log
    this.options = options
    this.limit = payloadLimit(options.juteMaxbuffer)
    this.file = openGrowing(log.file)
  }

  /** All complete records that are there now and have not been handed out. */
  async *read(): AsyncGenerator<LogBatch> {
    const { kernel, signal } = this.options
    const { limit } = this
    if (this.header === undefined && !this.readHeader()) return
    let bytes = FIRST_READ
    for (;;) {
      await setImmediate()
      if (signal.aborted) throw interrupted()
      if (!kernel.reserve(FIRST_FREE + bytes))
        throw new ZkopsError('input.too-large', 'A record does not fit in memory')
      const count = this.file.read(kernel.bytes().subarray(FIRST_FREE, FIRST_FREE + bytes), this.offset)
      let rows = kernel.frame(FIRST_FREE, FIRST_FREE + count, limit, TABLE_ROWS)
      this.stop = kernel.stopKind()
      let end = kernel.stopAt()
      if (rows === 0 && this.stop === STOP.unknownType) {
        // whole, for a newer server
        const length = new DataView(kernel.bytes().buffer).getUint32(end + 8)
        kernel.table().set([end, length])
        end += length + 13
        rows = 1
      }
      if (rows > 0) yield this.passed(rows, end)
      else if (this.stop !== STOP.needMore || count < bytes) return
      // a length field is a claim: no more is read at once than really came
      if (count === bytes && (rows === 0 || bytes < MOST_READ)) bytes *= 2
    }
  }

  private passed(count: number, end: number): LogBatch {
    const { kernel } = this.options
    const batch = batchOf({ kernel, base: this.offset - FIRST_FREE }, this.header!, count)
    const last = batch.table[2 * count - 2]!
    this.mark = { at: last + batch.base, bytes: batch.bytes.slice(last, last + MARK_BYTES) }
    this.offset += end - FIRST_FREE
    this.lastZxid = zxidAt(batch, count - 1)
    return { kind: 'records', log: this.log, ...batch }
  }

  private readHeader(): boolean {
    const bytes = new Uint8Array(LOG_HEADER_BYTES)
    if (this.file.read(bytes, 0) < LOG_HEADER_BYTES) return false
    const header = readLogHeader(bytes)
    if (header.magic !== LOG_MAGIC) return false
    this.header = header
    this.offset = LOG_HEADER_BYTES
    return true
  }

  /** Whether what stands behind the last record is more than an end that may still grow. */
  get isStuck(): boolean {
    if (this.header === undefined) return this.file.size() >= LOG_HEADER_BYTES
    return this.stop !== STOP.needMore && this.stop !== STOP.zeroLength
  }

  /** Follows the name to another file when that holds the same records as far as they were read. */
  standing(): Standing {
    const named = this.file.named()
    if (named === 'removed') return 'removed'
    if (named === 'replaced') {
      const replacement = openGrowing(this.log.file)
      this.file.close()
      this.file = replacement
    }
    if (this.mark === undefined) {
      if (named === 'replaced' || this.file.size() < this.offset) {
        this.header = undefined
        this.offset = 0
      }
      return 'same'
    }
    if (this.file.size() < this.offset) return named === 'replaced' ? 'rewritten' : 'cut'
    const now = new Uint8Array(MARK_BYTES)
    this.file.read(now, this.mark.at)
    return Buffer.compare(now, this.mark.bytes) === 0 ? 'same' : 'rewritten'
  }

  /** What the end means when nothing more comes; reads to the end of the file. */
  async end(isLast: boolean): Promise<LogDone> {
    const end = await this.examine()
    const { log, lastZxid } = this
    const findings = endFindings(end, { file: log.file, isLast, lastZxid, juteMaxbuffer: this.options.juteMaxbuffer })
    return { kind: 'end', log, end, tail: tailOf(end), lastZxid, findings }
  }

  private async examine(): Promise<LogEnd> {
    const { kernel } = this.options
    const { limit } = this
    let at = this.offset
    const read = (into: Uint8Array): number => {
      const count = this.file.read(into, at)
      at += count
      return count
    }
    const window = new Window(kernel, read, MOST_READ)
    window.base = at - FIRST_FREE
    const { header, stop, offset } = this
    const bytes = () => window.base + window.fill
    if (header === undefined) {
      while (window.fill - window.head < LOG_HEADER_BYTES && (await window.more()));
      if (window.fill - window.head < LOG_HEADER_BYTES) return { kind: 'no-header', bytes: bytes() }
      const { magic } = readLogHeader(kernel.bytes().subarray(window.head, window.head + LOG_HEADER_BYTES))
      const rest = await examineRest(window, { limit, after: -1n })
      return { kind: 'bad-magic', bytes: bytes(), magic, rest }
    }
    const rest = await examineRest(window, { limit, after: this.lastZxid ?? -1n })
    return { kind: 'records', header, bytes: bytes(), offset, stop, rest }
  }

  close(): void {
    this.file.close()
  }
}
