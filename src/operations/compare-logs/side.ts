import { listLogs, versionFolder } from '../../datadir/log-files.ts'
import { FIELD, zxidAt } from '../../formats/txnlog/scan.ts'
import type { Tail } from '../../formats/txnlog/tail.ts'
import type { Finding } from '../../support/finding.ts'
import { holeBetween } from '../log-repair/chain.ts'
import { type LogBatch, type LogDone, type OpenLogs, openLogs, type ReadLogsOptions } from '../read-logs.ts'
import { HOLES } from '../zxid-findings.ts'
import { type Gap, orderCheck } from '../zxid-order.ts'

/** One member's files. */
export interface ComparedPlace {
  /** Logs, or the directory that holds them. */
  readonly where: string
  /** The directory with its snapshots, when they do not lie beside the logs. */
  readonly data?: string | undefined
}

/** Where a record lies. */
export interface RecordAt {
  readonly file: string
  readonly offset: number
  /** Of the whole record. */
  readonly bytes: number
}

/** One side of a comparison: a walk over its records in file order. */
export class Side {
  /** The place as it was given. */
  readonly where: string
  private readonly open: OpenLogs
  /** zxids of its snapshots. */
  private readonly snapshots: readonly bigint[]
  private readonly parts: AsyncGenerator<LogBatch | LogDone>
  private readonly order: ReturnType<typeof orderCheck>
  /** The records at hand; rows from `row` on are still to come. */
  batch: LogBatch | undefined
  row = 0
  records = 0
  firstZxid: bigint | null = null
  /** The last one that was passed, and the highest. */
  lastZxid: bigint | null = null
  highestZxid: bigint | null = null
  /** Of the last log. */
  tail: Tail | null = null
  /** Records with zxids that came before: of a copy, or overlapping logs. */
  repeated = 0
  readonly findings: Finding[] = []

  private constructor(where: string, open: OpenLogs, snapshots: readonly bigint[]) {
    this.where = where
    this.open = open
    this.snapshots = snapshots
    this.parts = open.read({ passUnknown: true })
    this.order = orderCheck(snapshots)
  }

  /** Throws `input.*`. */
  static async open({ where, data }: ComparedPlace, options: Omit<ReadLogsOptions, 'places'>): Promise<Side> {
    const open = await openLogs({ ...options, places: [where] })
    const apart = data === undefined ? [] : (await listLogs(await versionFolder(data))).snapshots
    return new Side(where, open, [...open.snapshots, ...apart])
  }

  /** False when none lies where its logs are, nor where they were said to be. */
  get hasSnapshots(): boolean {
    return this.snapshots.length > 0
  }

  get logs(): number {
    return this.open.logs.length
  }

  get gaps(): readonly Gap[] {
    return this.order.gaps
  }

  /** There is a record at hand. */
  get hasNext(): boolean {
    return this.batch !== undefined && this.row < this.batch.count
  }

  /** Makes sure that there is a record at hand; false when there is none any more. */
  async fill(): Promise<boolean> {
    while (!this.hasNext) {
      const next = await this.parts.next()
      if (next.done) {
        this.batch = undefined
        return false
      }
      if (next.value.kind === 'end') {
        this.tail = next.value.tail
        // gaps are told by what the other side has there
        this.findings.push(...this.order.endOfFile().filter(({ code }) => !HOLES.has(code)), ...next.value.findings)
        continue
      }
      this.batch = next.value
      this.row = 0
      this.order.batch(next.value)
    }
    return true
  }

  /** The zxid of the record at hand; null at the end. */
  get nextZxid(): bigint | null {
    return this.hasNext ? zxidAt(this.batch!, this.row) : null
  }

  /** Passes `rows` records of the batch. */
  pass(rows: number): void {
    const batch = this.batch!
    this.firstZxid ??= zxidAt(batch, this.row)
    this.row += rows
    this.records += rows
    this.lastZxid = zxidAt(batch, this.row - 1)
    if (this.highestZxid === null || this.lastZxid > this.highestZxid) this.highestZxid = this.lastZxid
  }

  /** How many records of the batch, from the one at hand on, have zxids below `zxid` (all of them when it is null). */
  rowsBelow(zxid: bigint | null): number {
    const { view, table, count } = this.batch!
    if (zxid === null) return count - this.row
    const high = Number(zxid >> 32n)
    const low = Number(zxid & 0xffffffffn)
    let row = this.row
    for (; row < count; row++) {
      const at = table[2 * row]! + FIELD.zxid
      const rowHigh = view.getInt32(at)
      if (rowHigh > high || (rowHigh === high && view.getUint32(at + 4) >= low)) break
    }
    return row - this.row
  }

  /** The payload of the record at hand, or of one behind it; a view. */
  payload(ahead = 0): Uint8Array {
    const { bytes, table } = this.batch!
    const row = this.row + ahead
    const at = table[2 * row]! + 12
    return bytes.subarray(at, at + table[2 * row + 1]!)
  }

  at(ahead = 0): RecordAt {
    const { log, table, base } = this.batch!
    const row = this.row + ahead
    return { file: log.file, offset: table[2 * row]! + base, bytes: table[2 * row + 1]! + 13 }
  }

  /**
   * The snapshot of a SNAP sync that explains a jump: it reaches exactly to `before`, and none lies near the start of
   * the jump, where a server that went on would have taken one.
   */
  syncSnapshot(after: bigint, before: bigint): bigint | undefined {
    const inside = this.snapshots.filter((zxid) => zxid >= after - 2n && zxid < before)
    const [only] = inside
    return inside.length === 1 && only! > after && holeBetween(only!, before) === undefined ? only : undefined
  }

  async close(): Promise<void> {
    await this.parts.return(undefined)
  }
}
