/*
 * log tail -f:
 *
 * 1. The last records of what is there are printed, from the newest log backwards.
 * 2. The directory is listed, then the newest log is read to its end, again and again: polled, because notices of
 *    changes are not to be relied on.
 * 3. When the listing that came before the reading shows a newer log, the one that was read is complete: a server
 *    flushes it before it creates the next one. Its end is judged and the next one is read from its beginning.
 * 4. What is not append only is said: a log that was cut, removed or rewritten (a truncation, TRUNC; a resync), zxids
 *    that jump (a SNAP sync) or go back, an end that is no end.
 *
 * Guarantees: every complete record once, in file order; nothing incomplete; constant memory.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { openSource } from '../../datadir/byte-source.ts'
import { isDirectory, type LogFile } from '../../datadir/log-files.ts'
import { createKernel } from '../../formats/kernel/create.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import { type DumpBatch, recordSelector, withDecoder } from '../dump-log.ts'
import { type LogBatch, openLogs } from '../read-logs.ts'
import { HOLES } from '../zxid-findings.ts'
import { orderCheck } from '../zxid-order.ts'
import { keepLast, lastRecords } from './last-records.ts'
import { LiveLog, type LiveLogOptions, type Standing } from './live-log.ts'
import { isNewer, type LivePlace, livePlace } from './places.ts'
import type { TailLogOptions, TailNote } from './tail-logs.ts'

const FIRST_PAUSE_MS = 50
const MOST_PAUSE_MS = 200
/** How long an end that is no ordinary one may be a write that is under way. */
const STUCK_MS = 3000

/**
 * Ends only by the signal, which it throws. Throws `input.missing` when there is no such place, `usage` for one that
 * cannot grow.
 */
export async function* followLogs(options: TailLogOptions): AsyncGenerator<DumpBatch | TailNote> {
  await mustBeAbleToGrow(options)
  const follower = new Follower(await livePlace(options.place), options)
  try {
    yield* follower.start()
    let pauseMs = FIRST_PAUSE_MS
    for (;;) {
      for await (const part of follower.look()) {
        pauseMs = FIRST_PAUSE_MS
        yield part
      }
      await sleep(pauseMs, undefined, { signal: options.signal })
      pauseMs = Math.min(pauseMs * 2, MOST_PAUSE_MS)
    }
  } finally {
    follower.close()
  }
}

class Follower {
  private readonly place: LivePlace
  private readonly options: TailLogOptions
  private readonly live: LiveLogOptions
  private readonly select: (batch: LogBatch, most: number) => number
  private order: ReturnType<typeof orderCheck>
  /** What is read now; undefined as long as there is none. */
  private current: LiveLog | undefined
  private stuck: { readonly offset: number; readonly since: number } | undefined

  constructor(place: LivePlace, options: TailLogOptions) {
    this.place = place
    this.options = options
    this.live = { kernel: createKernel(), juteMaxbuffer: options.juteMaxbuffer, signal: options.signal }
    this.select = recordSelector(options.filter)
    this.order = orderCheck(place.snapshots)
  }

  /** The last records of what is there. */
  async *start(): AsyncGenerator<DumpBatch> {
    const { place, options } = this
    const logs = await place.list()
    place.keep(logs)
    const newest = place.single ? logs[0] : logs.at(-1)
    if (newest === undefined) return
    this.current = new LiveLog(newest, this.live)
    const last = keepLast(options.lines)
    for await (const batch of this.current.read()) {
      this.order.batch(batch)
      // what is behind is not watched
      this.order.endOfFile()
      const count = this.select(batch, Number.POSITIVE_INFINITY)
      if (count > 0) last.add({ ...batch, count })
    }
    const older = place.single ? [] : logs.slice(0, -1)
    for (const record of await lastOf(older, options.lines - last.records.length, options)) {
      yield* withDecoder(record, options)
    }
    for (const record of last.records) yield* withDecoder(record, options)
  }

  /** What is new. */
  async *look(): AsyncGenerator<DumpBatch | TailNote> {
    for (;;) {
      const logs = await this.place.list()
      yield* this.changes(logs)
      yield* this.records()
      const next = logs.find((log) => this.current === undefined || isNewer(log, this.current.log))
      if (next !== undefined) yield* this.goOn(next)
      this.place.keep(logs)
      if (next !== undefined && this.current?.log === next) continue
      yield* this.stuckEnd()
      return
    }
  }

  /** What became of the log that is read, when that is not just more records. */
  private async *changes(logs: readonly LogFile[]): AsyncGenerator<TailNote> {
    const before = this.current
    if (before === undefined) return
    const standing = before.standing()
    if (standing === 'same' || (standing === 'removed' && (await this.isPurged(before, logs)))) return
    before.close()
    this.current = await this.reopened(before, standing)
    this.order = orderCheck(this.place.snapshots)
    if (before.lastZxid !== null) yield note([changeFinding(before, standing, this.current?.lastZxid ?? null)])
  }

  /** A purge takes logs that are not the newest any more; what was opened is read to its end all the same. */
  private async isPurged({ log }: LiveLog, logs: readonly LogFile[]): Promise<boolean> {
    const hasNewer = (listing: readonly LogFile[]) => listing.some((other) => isNewer(other, log))
    // it may be younger than the listing
    return hasNewer(logs) || hasNewer(await this.place.list())
  }

  /** A log with other records is read from its beginning, one that only lost some from its end. */
  private async reopened(before: LiveLog, standing: Standing): Promise<LiveLog | undefined> {
    const left = standing === 'removed' ? this.place.known().at(-1) : before.log
    const log = left === undefined ? undefined : openLive(left, this.live)
    if (standing !== 'rewritten') for await (const _ of log?.read() ?? []);
    return log
  }

  private async *records(): AsyncGenerator<DumpBatch | TailNote> {
    for await (const batch of this.current?.read() ?? []) {
      this.order.batch(batch)
      const odd = this.order.endOfFile().map(jumpFinding)
      const count = this.select(batch, Number.POSITIVE_INFINITY)
      if (count > 0) yield* withDecoder({ ...batch, count }, this.options)
      if (odd.length > 0) yield note(odd)
    }
  }

  private async *goOn(log: LogFile): AsyncGenerator<TailNote> {
    const next = openLive(log, this.live)
    if (next === undefined) return
    const before = this.current
    this.current = next
    this.stuck = undefined
    if (before === undefined) return
    yield* judged(before, false)
    before.close()
  }

  /** What stands behind the last record and is not getting any more complete. */
  private async *stuckEnd(): AsyncGenerator<TailNote> {
    const { current, stuck } = this
    if (!current?.isStuck) this.stuck = undefined
    else if (stuck?.offset !== current.offset) this.stuck = { offset: current.offset, since: performance.now() }
    else if (performance.now() - stuck.since > STUCK_MS) {
      // once
      this.stuck = { offset: current.offset, since: Number.POSITIVE_INFINITY }
      yield* judged(current, true)
    }
  }

  close(): void {
    this.current?.close()
  }
}

async function mustBeAbleToGrow({ place, signal }: TailLogOptions): Promise<void> {
  if (place !== '-' && (await isDirectory(place))) return
  const source = await openSource(place, signal)
  await source.close()
  if (source.compression === 'none' && source.sizeBytes !== undefined) return
  throw new ZkopsError('usage', `${place === '-' ? 'standard input' : place} cannot be followed`, {
    hint: 'Give a directory of logs, or a log that a server writes; or leave --follow out.',
  })
}

/** Undefined when it is gone by now. */
function openLive(log: LogFile, options: LiveLogOptions): LiveLog | undefined {
  try {
    return new LiveLog(log, options)
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

async function lastOf(logs: readonly LogFile[], most: number, options: TailLogOptions): Promise<readonly LogBatch[]> {
  if (logs.length === 0 || most <= 0) return []
  try {
    const open = await openLogs({ ...options, places: logs.map(({ file }) => file) })
    return (await lastRecords(open, most, options)).records
  } catch (error) {
    // purged meanwhile
    if (isMissing(error)) return []
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof ZkopsError && error.code === 'input.missing'
}

async function* judged(log: LiveLog, isLast: boolean): AsyncGenerator<TailNote> {
  const { findings, tail } = await log.end(isLast)
  if (findings.length > 0) yield note(findings, tail !== 'damaged')
}

function note(findings: readonly Finding[], readable = true): TailNote {
  return { kind: 'note', findings, readable }
}

/** A gap that no snapshot beside the logs bridges: the snapshots may lie apart. */
function jumpFinding(finding: Finding): Finding {
  if (!HOLES.has(finding.code) || finding.severity !== 'error') return finding
  const { previous } = finding.evidence as { readonly previous: bigint }
  return {
    ...finding,
    code: 'tail.jump',
    severity: 'warning',
    message: `the zxids jump from ${hex64(previous)} to ${hex64(finding.zxid!)}: the server got a snapshot in between (SNAP sync), or transactions are missing`,
    remedy: 'Compare with another member: zkops log diff.',
  }
}

const CHANGES: Readonly<Record<Exclude<Standing, 'same'>, string>> = {
  cut: 'the log was cut',
  removed: 'the newest log was removed',
  rewritten: 'the log was written anew and is printed from its beginning',
}

function changeFinding(before: LiveLog, standing: Exclude<Standing, 'same'>, lastLeft: bigint | null): Finding {
  const printed = hex64(before.lastZxid!)
  const left = lastLeft === null ? 'nothing is left' : `the logs now end at ${hex64(lastLeft)}`
  return {
    code: `tail.${standing}`,
    severity: 'warning',
    message: `${CHANGES[standing]}: ${standing === 'rewritten' ? `what was read of it, up to ${printed},` : `it reached to ${printed}, ${left}; what was read behind that`} is no longer there, as after a truncation (TRUNC) or a resync`,
    file: before.log.file,
    offset: before.offset,
    zxid: before.lastZxid!,
    evidence: { readTo: before.lastZxid, nowEndsAt: lastLeft },
    remedy: 'Drop what was printed and is no longer there: it was never committed, unless a majority lost its data.',
  }
}
