/*
 * The life of a session, and the list of all of them, as text, JSON, JSON lines and CSV.
 */
import type { DumpBatch } from '../operations/dump-log.ts'
import type { SessionLife } from '../operations/log-session.ts'
import type { ListedSession, SessionList } from '../operations/log-session-list.ts'
import type { Ephemeral, Moment } from '../operations/log-story/ephemerals.ts'
import type { StoryEnd } from '../operations/log-story/read-story.ts'
import type { SessionEnd } from '../operations/log-story/session-end.ts'
import type { Finding } from '../support/finding.ts'
import { hex64 } from '../support/hex.ts'
import { csvLine } from './csv.ts'
import { jsonLine } from './json.ts'
import { printable, type Style } from './style.ts'
import { type TxnJsonOptions, timeText, txnJson } from './txn-json.ts'

type Json = Record<string, unknown>

/** All but the records. */
function lifeJson(life: SessionLife): Json {
  const { session, created, ended, txns, byType, errors, first, last, ephemerals, ephemeralsOmitted } = life
  return {
    session: hex64(session),
    created: created && {
      ...momentJson(created),
      timeoutMs: created.timeoutMs,
      file: created.file,
      offset: created.offset,
    },
    ended: ended && {
      ...momentJson(ended),
      cxid: ended.cxid,
      how: howText(ended.how),
      file: ended.file,
      offset: ended.offset,
    },
    txns,
    byType,
    errors,
    first: first && momentJson(first),
    last: last && momentJson(last),
    ephemerals: ephemerals.map(ephemeralJson),
    ephemeralsOmitted,
    recordsOmitted: life.recordsOmitted,
    fromZxid: life.fromZxid,
    toZxid: life.toZxid,
  }
}

/** `log session --json`, put together as the records come. */
export function sessionDocument(options: TxnJsonOptions) {
  const records: Json[] = []
  const findings: Finding[] = []
  let life: Json = {}
  return {
    records(batch: DumpBatch): void {
      for (let row = 0; row < batch.count; row++) records.push(txnJson(batch, row, options))
    },
    end(part: StoryEnd | SessionLife): void {
      findings.push(...part.findings)
      if (part.kind === 'life') life = lifeJson(part)
    },
    result: () => ({ ...life, records, findings }),
  }
}

/** `log session --list --json`. */
export function sessionsJson({ sessions, omitted, fromZxid, toZxid, findings }: SessionList): Json {
  return { sessions: Array.from(sessions, listedJson), sessionsOmitted: omitted, fromZxid, toZxid, findings }
}

function listedJson({ session, created, ended, txns, errors, ephemerals, first, last }: ListedSession): Json {
  return {
    session: hex64(session),
    created: created && { ...momentJson(created), timeoutMs: created.timeoutMs },
    ended: ended && { ...momentJson(ended), how: howText(ended.how) },
    txns,
    errors,
    ephemerals,
    first: momentJson(first),
    last: momentJson(last),
  }
}

const CSV_HEADER = csvLine([
  'session',
  'created.zxid',
  'created.time',
  'timeoutMs',
  'ended.zxid',
  'ended.time',
  'how',
  'txns',
  'errors',
  'ephemerals',
  'first.zxid',
  'first.time',
  'last.zxid',
  'last.time',
])

/** The list as lines, piece by piece. */
export function sessionLines(
  sessions: Iterable<ListedSession>,
  format: 'text' | 'jsonl' | 'csv',
  style: Style,
): Iterable<string> {
  if (format === 'csv') return sessionsCsv(sessions)
  return format === 'jsonl' ? sessionsJsonl(sessions) : sessionsText(sessions, style)
}

function* sessionsJsonl(sessions: Iterable<ListedSession>): Generator<string> {
  for (const session of sessions) yield jsonLine(listedJson(session))
}

function* sessionsCsv(sessions: Iterable<ListedSession>): Generator<string> {
  yield CSV_HEADER
  for (const { session, created, ended, txns, errors, ephemerals, first, last } of sessions) {
    yield csvLine([
      hex64(session),
      ...momentFields(created),
      created?.timeoutMs,
      ...momentFields(ended),
      ended && howText(ended.how),
      txns,
      errors,
      ephemerals,
      ...momentFields(first),
      ...momentFields(last),
    ])
  }
}

/** A line a session, 80 columns. */
function* sessionsText(sessions: Iterable<ListedSession>, { color }: Style): Generator<string> {
  yield `${color.bold(row('session', 'created (UTC)', 'timeout', 'txns', 'failed', 'eph.', 'end'))}\n`
  for (const { session, created, ended, txns, errors, ephemerals } of sessions) {
    const began = created === null ? '-' : (timeText(created.timeMs)?.slice(0, 19).replace('T', ' ') ?? '-')
    const timeout = created === null ? '-' : `${created.timeoutMs} ms`
    const end = ended === null ? '' : howText(ended.how)
    yield `${row(hex64(session), began, timeout, txns, errors, ephemerals, end)}\n`
  }
}

function row(
  session: string,
  created: string,
  timeout: string,
  txns: number | string,
  failed: number | string,
  ephemerals: number | string,
  end: string,
): string {
  const number = (value: number | string, width: number) => String(value).padStart(width)
  return `${session.padEnd(18)} ${created.padEnd(19)} ${timeout.padStart(9)} ${number(txns, 8)} ${number(failed, 6)} ${number(ephemerals, 5)}  ${end}`.trimEnd()
}

/** What stands below the session's records. */
export function lifeText(life: SessionLife, { color }: Style): string {
  const { session, created, ended, txns, byType, errors, ephemerals, ephemeralsOmitted } = life
  const began = created === null ? 'before these logs' : `${momentText(created)}, timeout ${created.timeoutMs} ms`
  const end =
    ended === null
      ? 'not in these logs'
      : `${momentText(ended)}, ${ended.how === 'session-closed' ? `closed by its client (cxid ${ended.cxid})` : 'expired (closed by the servers)'}`
  const did = `${txns} transactions, ${errors} failed: ${byType.map(({ type, count }) => `${type} ${count}`).join(', ')}`
  const more = ephemeralsOmitted === 0 ? [] : [`  and ${ephemeralsOmitted} more`]
  const lines = [
    color.bold(`session ${hex64(session)}`),
    `created ${began}`,
    `ended   ${end}`,
    did,
    ...(ephemerals.length === 0 ? [] : ['ephemerals:', ...ephemerals.map(ephemeralText), ...more]),
  ]
  return txns === 0 ? '' : `${lines.join('\n')}\n`
}

function ephemeralText({ path, created, removed }: Ephemeral): string {
  const from = created === null ? 'before' : hex64(created.zxid)
  const to = removed === null ? 'still there' : `${hex64(removed.zxid)} ${REMOVALS[removed.cause]}`
  const by = removed?.cause === 'explicit' || removed?.cause === 'multi' ? ` by ${hex64(removed.session)}` : ''
  return `  ${printable(path)}  ${from} to ${to}${by}`
}

const REMOVALS = {
  explicit: 'deleted',
  multi: 'deleted in a multi',
  'session-closed': 'with the session',
  'session-expired': 'with the session',
} as const

function ephemeralJson({ path, created, removed }: Ephemeral): Json {
  return {
    path,
    created: created && momentJson(created),
    removed: removed && { ...momentJson(removed), cause: removed.cause, session: hex64(removed.session) },
  }
}

function momentJson({ zxid, timeMs }: Moment): Json {
  return { zxid: hex64(zxid), time: timeText(timeMs) }
}

function momentFields(moment: Moment | null): readonly unknown[] {
  return moment === null ? [null, null] : [hex64(moment.zxid), timeText(moment.timeMs)]
}

function momentText({ zxid, timeMs }: Moment): string {
  return `${timeText(timeMs) ?? '(no time)'}, ${hex64(zxid)}`
}

function howText(how: SessionEnd): 'closed' | 'expired' {
  return how === 'session-closed' ? 'closed' : 'expired'
}
