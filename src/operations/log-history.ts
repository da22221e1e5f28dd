/*
 * log history: every change of one znode, or of a subtree, in zxid order.
 *
 * 1. Only records that hold the path's bytes are decoded (log-story/path-rows.ts), and the ends of sessions that own
 *    ephemerals below it.
 * 2. Each changes the state that the logs have told so far (log-story/watched-znodes.ts); what comes out are events.
 * 3. Events outside the window are not handed out, but count for the state.
 * 4. With audit logs each event is joined with user and address (log-story/audit.ts).
 */
import { decodeTxn, TXN_HEADER_BYTES } from '../formats/txnlog/decode.ts'
import { OP } from '../formats/txnlog/ops.ts'
import { FIELD } from '../formats/txnlog/scan.ts'
import { ZkopsError } from '../support/errors.ts'
import type { Finding } from '../support/finding.ts'
import type { PayloadDecoder } from './decode-payloads.ts'
import type { Audited, AuditJoin } from './log-story/audit.ts'
import { pathRows } from './log-story/path-rows.ts'
import {
  inWindow,
  nothingFinding,
  omittedFinding,
  readStory,
  type StoryEnd,
  type StoryRange,
  type StoryWindow,
} from './log-story/read-story.ts'
import { type WatchedZnodes, watchZnodes } from './log-story/watched-znodes.ts'
import type { ZnodeEvent } from './log-story/znode-events.ts'
import type { LogBatch, ReadLogsOptions } from './read-logs.ts'

export interface LogHistoryOptions extends ReadLogsOptions {
  readonly path: string
  readonly recursive: boolean
  readonly window: StoryWindow
  /** Audit logs of the servers. */
  readonly audit: readonly string[]
  /** False: sizes only. */
  readonly data: boolean
  /** Say what payloads are. */
  readonly decode: boolean
  /** How many changes are handed out; the others are counted. */
  readonly limit?: number | undefined
}

export interface HistoryEvent extends ZnodeEvent {
  /** With audit logs only. */
  readonly audited?: Audited
}

export interface HistoryEvents {
  readonly kind: 'events'
  readonly events: readonly HistoryEvent[]
  /** There when decoding is asked for. */
  readonly decode?: PayloadDecoder
}

/** All logs are over. */
export interface HistoryDone extends StoryRange {
  readonly kind: 'done'
  readonly findings: readonly Finding[]
  readonly omitted: number
}

/** What is handed out together: few enough that the young generation takes them. */
const AT_A_TIME = 256

/** Throws `usage` for what is no path, `input.*` when a place or an audit log is missing. */
export async function* logHistory(options: LogHistoryOptions): AsyncGenerator<HistoryEvents | StoryEnd | HistoryDone> {
  const { path, recursive, window, limit = Number.POSITIVE_INFINITY } = options
  checkPath(path)
  const watched = isWatched(path, recursive)
  const znodes = watchZnodes({ ...options, watched })
  const join = await auditJoin(options, watched)
  // loaded when asked for: it needs zlib
  const decoder = options.decode ? { decode: (await import('../formats/payload/decode.ts')).decodePayload } : {}
  const mayName = pathRows(path, recursive)
  const shown = inWindow(window)
  const sessions = sessionWatch()
  const story = readStory(options, window)
  let count = 0
  for (;;) {
    const next = await story.next()
    if (next.done) {
      const omitted = Math.max(0, count - limit)
      const findings = endFindings(options, next.value, { events: count, unlisted: sessions.unlisted(), znodes })
      yield { kind: 'done', ...next.value, omitted, findings: [...findings, ...omittedFinding(omitted, 'changes')] }
      return
    }
    if (next.value.kind === 'end') {
      yield next.value
      continue
    }
    const batch = next.value
    let events: HistoryEvent[] = []
    for (const row of rowsToRead(batch, mayName(batch), sessions, znodes)) {
      const at = batch.table[2 * row]!
      const txn = decodeTxn(batch.bytes, at + 12, at + 12 + batch.table[2 * row + 1]!)
      for (const event of znodes.apply(txn, { file: batch.log.file, offset: at + batch.base })) {
        if (!shown(event.zxid, event.timeMs) || count++ >= limit) continue
        events.push(join === undefined ? event : { ...event, audited: join(event) })
      }
      if (events.length < AT_A_TIME) continue
      yield { kind: 'events', events, ...decoder }
      events = []
    }
    if (events.length > 0) yield { kind: 'events', events, ...decoder }
  }
}

/** The rows that may name the path, and the ends of sessions that own something below it, in order. */
function* rowsToRead(
  { view, table, count }: LogBatch,
  named: readonly number[],
  sessions: SessionWatch,
  znodes: WatchedZnodes,
): Generator<number> {
  let next = 0
  for (let row = 0; row < count; row++) {
    const at = table[2 * row]!
    const isNamed = row === named[next]
    if (isNamed) next++
    const type = view.getInt32(at + FIELD.type)
    if (type === OP.createSession) sessions.opened(view.getBigInt64(at + FIELD.session))
    else if (type === OP.closeSession) {
      const session = view.getBigInt64(at + FIELD.session)
      sessions.closed(session, !isBare(view, at, table[2 * row + 1]!), znodes.mayHoldUnknown())
      if (isNamed || znodes.owns(session)) yield row
    } else if (isNamed) yield row
  }
}

/** Whether a closeSession has no list: there is nothing behind its header, or a digest alone (txn/session.ts). */
function isBare(view: DataView, at: number, length: number): boolean {
  return length === TXN_HEADER_BYTES || (length === TXN_HEADER_BYTES + 12 && view.getInt32(at + FIELD.body) === 2)
}

async function auditJoin(
  { audit, signal }: LogHistoryOptions,
  watched: (path: string) => boolean,
): Promise<AuditJoin | undefined> {
  if (audit.length === 0) return undefined
  const { readAudit } = await import('./log-story/audit.ts')
  return readAudit(audit, watched, signal)
}

function isWatched(path: string, recursive: boolean): (path: string) => boolean {
  const below = path === '/' ? '/' : `${path}/`
  return (name) => name === path || (recursive && name.startsWith(below))
}

type SessionWatch = ReturnType<typeof sessionWatch>

/** Which sessions ended without a list of their ephemerals although these logs do not know what they had made. */
function sessionWatch() {
  const begunHere = new Set<bigint>()
  let unlisted = 0
  return {
    opened: (session: bigint) => void begunHere.add(session),
    closed(session: bigint, listed: boolean, matters: boolean) {
      if (!begunHere.delete(session) && !listed && matters) unlisted++
    },
    unlisted: () => unlisted,
  }
}

function endFindings(
  { path, recursive }: LogHistoryOptions,
  range: StoryRange,
  { events, unlisted, znodes }: { readonly events: number; readonly unlisted: number; readonly znodes: WatchedZnodes },
): Finding[] {
  const findings: Finding[] = []
  if (events === 0)
    findings.push({ ...nothingFinding(`no such change of ${path}${recursive ? ' or below' : ''}`, range), path })
  if (unlisted > 0) {
    findings.push({
      code: 'story.unlisted-ephemerals',
      severity: 'info',
      message: `${unlisted} sessions that began before these logs ended without a list of their ephemerals: one that they had made before would be missing here`,
      path,
      evidence: { sessions: unlisted },
    })
  }
  const forgotten = znodes.forgotten()
  if (forgotten > 0) {
    findings.push({
      code: 'story.values-forgotten',
      severity: 'info',
      message: `${forgotten} values were not kept, so what came after them is shown without the old data`,
      path,
      evidence: { values: forgotten },
    })
  }
  return findings
}

/** Throws `usage` for what cannot be the path of a znode. */
function checkPath(path: string): void {
  if (path.startsWith('/') && (path === '/' || !/\/(\/|$)/.test(path))) return
  throw new ZkopsError('usage', `${JSON.stringify(path)} is no path of a znode`, {
    hint: 'A path begins with / and does not end with it, as in zkops log history /app/config version-2.',
  })
}
