/*
 * A change of a znode as JSON (`zkops schema log-history`). A field of `before` or `after` that these logs do not tell is
 * absent; null and empty data differ.
 */
import { opName } from '../formats/txnlog/ops.ts'
import type { PayloadDecoder } from '../operations/decode-payloads.ts'
import type { HistoryDone, HistoryEvent, HistoryEvents } from '../operations/log-history.ts'
import type { StoryEnd } from '../operations/log-story/read-story.ts'
import type { ZnodeState } from '../operations/log-story/znode-events.ts'
import type { Finding } from '../support/finding.ts'
import { hex64 } from '../support/hex.ts'
import { csvLine } from './csv.ts'
import { aclJson, dataValue, timeText } from './txn-json.ts'

export interface HistoryJsonOptions {
  /** False: `dataBytes` instead of `data`. */
  readonly data: boolean
  readonly decode?: PayloadDecoder | undefined
}

type Json = Record<string, unknown>

export function eventJson(event: HistoryEvent, options: HistoryJsonOptions): Json {
  const { zxid, timeMs, session, cxid, file, offset, type, inMulti, path, change, kind, owner, ttlMs } = event
  return {
    zxid: hex64(zxid),
    time: timeText(timeMs),
    session: hex64(session),
    cxid,
    file,
    offset,
    type: opName(type),
    inMulti,
    path,
    change,
    cause: event.cause ?? null,
    ...(event.withParent ? { withParent: true } : {}),
    ...(event.unrecordedEnd ? { unrecordedEnd: true } : {}),
    kind: kind ?? null,
    owner: owner === undefined ? null : hex64(owner),
    ...(ttlMs === undefined ? {} : { ttlMs: Number(ttlMs) }),
    version: event.version ?? null,
    before: stateJson(event.before, path, options),
    after: stateJson(event.after, path, options),
    ...auditJson(event),
  }
}

function auditJson({ audited }: HistoryEvent): Json {
  if (audited === undefined) return {}
  const { user, ip, match, ambiguous } = audited
  return { user, ip, audit: { match, ambiguous } }
}

function stateJson(state: ZnodeState | null, path: string, { data: shown, decode }: HistoryJsonOptions): Json | null {
  if (state === null) return null
  const { data, dataBytes, version, acl, aversion } = state
  return {
    ...(data === undefined ? {} : { data: dataValue(data) }),
    ...(data === undefined || decode === undefined ? {} : { decoded: decode(Buffer.from(path), data) }),
    ...(dataBytes === undefined || (shown && data !== undefined) ? {} : { dataBytes }),
    ...(version === undefined ? {} : { version }),
    ...(acl === undefined ? {} : { acl: aclJson(acl) }),
    ...(aversion === undefined ? {} : { aversion }),
  }
}

const COLUMNS = [
  'zxid',
  'time',
  'session',
  'cxid',
  'file',
  'offset',
  'type',
  'inMulti',
  'path',
  'change',
  'cause',
  'kind',
  'owner',
  'ttlMs',
  'version',
] as const

const STATE_COLUMNS = ['data', 'dataBytes', 'version', 'acl', 'aversion'] as const

/** `log history --json`, put together as the events come. */
export function historyDocument(path: string, recursive: boolean, options: Pick<HistoryJsonOptions, 'data'>) {
  const events: Json[] = []
  const findings: Finding[] = []
  return {
    events(part: HistoryEvents): void {
      for (const event of part.events) events.push(eventJson(event, { ...options, decode: part.decode }))
    },
    end(part: StoryEnd | HistoryDone): void {
      findings.push(...part.findings)
    },
    result: ({ fromZxid, toZxid, omitted }: HistoryDone) => ({
      path,
      recursive,
      fromZxid,
      toZxid,
      events,
      eventsOmitted: omitted,
      findings,
    }),
  }
}

/** Its columns; those of the audit logs stand there with or without them. */
export const HISTORY_CSV_HEADER = csvLine([
  ...COLUMNS,
  ...STATE_COLUMNS.map((name) => `before.${name}`),
  ...STATE_COLUMNS.map((name) => `after.${name}`),
  'user',
  'ip',
  'audit.match',
  'audit.ambiguous',
])

export function eventCsv(event: HistoryEvent, options: HistoryJsonOptions): string {
  const json = eventJson(event, options)
  const states = [json.before, json.after].flatMap((state) =>
    STATE_COLUMNS.map((name) => (state as Json | null)?.[name]),
  )
  const audit = json.audit as Json | undefined
  return csvLine([...COLUMNS.map((name) => json[name]), ...states, json.user, json.ip, audit?.match, audit?.ambiguous])
}
