/*
 * log session --list: every session that has a record in the logs, with counts. One row of a compact table a session
 * (log-story/session-table.ts); no record is decoded.
 */
import { OP } from '../formats/txnlog/ops.ts'
import { FIELD } from '../formats/txnlog/scan.ts'
import type { Finding } from '../support/finding.ts'
import type { Moment } from './log-story/ephemerals.ts'
import {
  inWindow,
  nothingFinding,
  omittedFinding,
  readStory,
  type StoryRange,
  type StoryWindow,
} from './log-story/read-story.ts'
import { type SessionEnd, sessionEnd } from './log-story/session-end.ts'
import { NUMBER, SessionTable, WORD } from './log-story/session-table.ts'
import { ephemeralCreates } from './log-story/walk-ops.ts'
import type { LogBatch, ReadLogsOptions } from './read-logs.ts'

export interface ListedSession {
  readonly session: bigint
  /** Null: before what was read. */
  readonly created: (Moment & { readonly timeoutMs: number }) | null
  /** Null: not in what was read. */
  readonly ended: (Moment & { readonly how: SessionEnd }) | null
  readonly txns: number
  /** Requests that failed, multis too. */
  readonly errors: number
  /** Ephemerals that it created. */
  readonly ephemerals: number
  readonly first: Moment
  readonly last: Moment
}

export interface SessionList extends StoryRange {
  /** In the order in which they come in the logs. */
  readonly sessions: Iterable<ListedSession>
  /** How many there are more. */
  readonly omitted: number
  readonly findings: readonly Finding[]
  /** False when a log is damaged beyond a torn tail of the last one: exit 3. */
  readonly readable: boolean
}

/** At most `most` of them. Throws `input.*` when a place is missing or holds no logs. */
export async function listSessions(options: ReadLogsOptions, window: StoryWindow, most: number): Promise<SessionList> {
  const table = new SessionTable()
  const counts = Object.values(window).some((bound) => bound !== undefined) ? inWindow(window) : undefined
  const findings: Finding[] = []
  let readable = true
  const story = readStory(options, window)
  for (;;) {
    const next = await story.next()
    if (next.done) {
      if (table.count === 0) findings.push(nothingFinding('no session', next.value))
      const shown = Math.min(table.count, most)
      const omitted = table.count - shown
      findings.push(...omittedFinding(omitted, 'sessions'))
      return { sessions: rows(table, shown), omitted, ...next.value, findings, readable }
    }
    if (next.value.kind === 'end') {
      findings.push(...next.value.findings)
      readable &&= next.value.readable
    } else count(table, next.value, counts)
  }
}

function count(
  table: SessionTable,
  batch: LogBatch,
  counts: ((zxid: bigint, timeMs: bigint) => boolean) | undefined,
): void {
  const { view } = batch
  for (let i = 0; i < batch.count; i++) {
    const at = batch.table[2 * i]!
    if (counts !== undefined && !counts(view.getBigInt64(at + FIELD.zxid), view.getBigInt64(at + FIELD.timeMs)))
      continue
    const high = view.getUint32(at + FIELD.session)
    const low = view.getUint32(at + FIELD.session + 4)
    // the servers' own doing
    if (high === 0 && low === 0) continue
    const row = table.rowOf(high, low)
    const zxidHigh = view.getUint32(at + FIELD.zxid)
    const zxidLow = view.getUint32(at + FIELD.zxid + 4)
    const timeMs = view.getInt32(at + FIELD.timeMs) * 2 ** 32 + view.getUint32(at + FIELD.timeMs + 4)
    if (table.get(row, NUMBER.txns) === 0) {
      table.setWords(row, WORD.firstZxid, zxidHigh, zxidLow)
      table.set(row, NUMBER.firstAt, timeMs)
    }
    table.set(row, NUMBER.txns, table.get(row, NUMBER.txns) + 1)
    table.setWords(row, WORD.lastZxid, zxidHigh, zxidLow)
    table.set(row, NUMBER.lastAt, timeMs)
    const type = view.getInt32(at + FIELD.type)
    if (type === OP.createSession) {
      table.setWords(row, WORD.createdZxid, zxidHigh, zxidLow)
      table.set(row, NUMBER.createdAt, timeMs)
      table.set(row, NUMBER.timeoutMs, view.getInt32(at + FIELD.body))
    } else if (type === OP.closeSession) {
      table.setWords(row, WORD.endedZxid, zxidHigh, zxidLow)
      table.set(row, NUMBER.endedAt, timeMs)
      table.set(row, NUMBER.end, ENDS.indexOf(sessionEnd(view.getInt32(at + FIELD.cxid))))
    } else {
      const created =
        type === OP.error ? undefined : ephemeralCreates(view, type, at + FIELD.body, at + 12 + batch.table[2 * i + 1]!)
      if (created === undefined) table.set(row, NUMBER.errors, table.get(row, NUMBER.errors) + 1)
      else if (created > 0) table.set(row, NUMBER.ephemerals, table.get(row, NUMBER.ephemerals) + created)
    }
  }
}

const ENDS = [null, 'session-closed', 'session-expired'] as const

function* rows(table: SessionTable, count: number): Generator<ListedSession> {
  for (let row = 0; row < count; row++) {
    const moment = (zxid: number, time: number): Moment => ({
      zxid: table.long(row, zxid),
      timeMs: BigInt(Math.trunc(table.get(row, time))),
    })
    const created = moment(WORD.createdZxid, NUMBER.createdAt)
    const how = ENDS[table.get(row, NUMBER.end)]!
    yield {
      session: table.long(row, WORD.session),
      created: created.zxid === 0n ? null : { ...created, timeoutMs: table.get(row, NUMBER.timeoutMs) },
      ended: how === null ? null : { ...moment(WORD.endedZxid, NUMBER.endedAt), how },
      txns: table.get(row, NUMBER.txns),
      errors: table.get(row, NUMBER.errors),
      ephemerals: table.get(row, NUMBER.ephemerals),
      first: moment(WORD.firstZxid, NUMBER.firstAt),
      last: moment(WORD.lastZxid, NUMBER.lastAt),
    }
  }
}
