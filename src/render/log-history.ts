/*
 * Changes of znodes for a person:
 *
 *     # version-2/log.100  2026-11-24 (UTC)
 *     13:22:48.145 0x3b        created /app/members/expiring
 *         session 0x100007ffb860004, cxid 1: create, ephemeral
 *         + null
 *     13:22:52.145 0x3c        deleted /app/members/expiring
 *         its session 0x100007ffb860004 expired (closed by the servers)
 */
import { opName } from '../formats/txnlog/ops.ts'
import type { AclList } from '../formats/txnlog/types.ts'
import type { HistoryEvent, HistoryEvents } from '../operations/log-history.ts'
import type { Cause, ZnodeEvent } from '../operations/log-story/znode-events.ts'
import { hex64 } from '../support/hex.ts'
import { type DiffLine, lineDiff } from '../support/line-diff.ts'
import { dataDiff, dataSide } from './data-diff.ts'
import { decodedText } from './decoded-text.ts'
import { eventCsv, eventJson, HISTORY_CSV_HEADER, type HistoryJsonOptions } from './history-json.ts'
import { jsonLine } from './json.ts'
import { printable, type Style } from './style.ts'
import { aclEntries, dayAndClock } from './txn-text.ts'

export interface HistoryRenderOptions {
  readonly data: boolean
  readonly format: 'text' | 'jsonl' | 'csv'
  readonly style: Style
  /** Characters of a line of data. */
  readonly dataWidth: number
}

/** With the decoder that came with the events. */
type EventOptions = HistoryRenderOptions & HistoryJsonOptions

/** Writes events one by one. */
export function historyRenderer(
  options: HistoryRenderOptions,
  write: (text: string) => void,
): (part: HistoryEvents) => void {
  const text = eventWriter(options)
  if (options.format === 'csv') write(HISTORY_CSV_HEADER)
  return ({ events, decode }) => {
    for (const event of events) write(text(event, { ...options, decode }))
  }
}

function eventWriter({ format, style }: HistoryRenderOptions): (event: HistoryEvent, options: EventOptions) => string {
  if (format === 'jsonl') return (event, options) => jsonLine(eventJson(event, options))
  if (format === 'csv') return eventCsv
  let head = ''
  return (event, options) => {
    const { head: newHead, clock } = dayAndClock(event.file, event.timeMs)
    const title = newHead === head ? '' : style.color.bold(newHead)
    head = newHead
    return title + eventText(event, clock, options)
  }
}

const CHANGE_COLORS = { created: 'green', data: 'cyan', acl: 'cyan', deleted: 'magenta' } as const
const INDENT = '    '

function eventText(event: HistoryEvent, clock: string, options: EventOptions): string {
  const { color } = options.style
  const change = color[CHANGE_COLORS[event.change]](event.change.padEnd(7))
  const title = `${color.dim(`${clock} ${hex64(event.zxid).padEnd(11)}`)} ${change} ${printable(event.path)}`
  const lines = whatChanged(event, options).map(({ sign, text }) =>
    color[sign === '-' ? 'red' : 'green'](`${sign} ${text}`),
  )
  return [
    title,
    ...[who(event), auditText(event), unrecordedText(event), step(event), ...lines]
      .filter((line) => line !== '')
      .map((line) => INDENT + line),
    '',
  ].join('\n')
}

function who(event: ZnodeEvent): string {
  const { session, cxid, type, inMulti, cause, kind, ttlMs } = event
  if (cause !== undefined && cause !== 'explicit' && cause !== 'multi') return causeText(cause, event)
  const traits = [
    `${opName(type)}${inMulti ? ' in a multi' : ''}${event.withParent ? ' that deleted its parent, too' : ''}`,
    event.change === 'created' && kind !== 'persistent' && kind,
    event.change === 'created' && ttlMs !== undefined && `${ttlMs} ms`,
  ]
  return `session ${hex64(session)}, cxid ${cxid}: ${traits.filter((trait) => trait !== false).join(', ')}`
}

function causeText(cause: Exclude<Cause, 'explicit' | 'multi'>, { session, cxid, ttlMs }: ZnodeEvent): string {
  switch (cause) {
    case 'session-closed':
      return `its session ${hex64(session)} was closed by the client (cxid ${cxid})`
    case 'session-expired':
      return `its session ${hex64(session)} expired (closed by the servers)`
    case 'container':
      return 'container clean-up: it had no children any more'
    case 'ttl':
      return `TTL clean-up: unchanged and without children for ${ttlMs} ms`
    case 'container-or-ttl':
      return 'container or TTL clean-up; which of them was said before these logs'
  }
}

function auditText({ audited }: HistoryEvent): string {
  if (audited === undefined) return ''
  const { user, ip, match, ambiguous } = audited
  if (match === 'none') return 'audit: nothing'
  const by = match === 'session' ? ' (by other lines of its session)' : ''
  return `audit: ${printable(user ?? 'no user')} from ${printable(ip ?? 'no address')}${by}${ambiguous ? '; others are possible' : ''}`
}

function unrecordedText({ unrecordedEnd }: ZnodeEvent): string {
  return unrecordedEnd ? 'it was there by these logs, so it went without a record' : ''
}

/** Versions and sizes. */
function step({ change, before, after }: ZnodeEvent): string {
  if (change === 'data') {
    const version = fromTo(before?.version, after?.version, '')
    const same = before?.data !== undefined && after?.data !== undefined && isSame(before.data, after.data)
    return `version ${version}, ${fromTo(before?.dataBytes, after?.dataBytes, ' B')}${same ? ', the same data' : ''}`
  }
  if (change === 'acl') return `aversion ${fromTo(before?.aversion, after?.aversion, '')}`
  return ''
}

function isSame(before: Uint8Array | null, after: Uint8Array | null): boolean {
  return before === null || after === null ? before === after : Buffer.compare(before, after) === 0
}

function fromTo(before: number | null | undefined, after: number | null | undefined, unit: string): string {
  const known = (value: number | null | undefined) =>
    value === undefined ? '?' : value === null ? 'null' : `${value}${unit}`
  return `${known(before)} -> ${known(after)}`
}

function whatChanged(event: ZnodeEvent, options: EventOptions): readonly DiffLine[] {
  const { change, before, after } = event
  const acl = change === 'acl' || (change === 'created' && !isOpen(after?.acl)) ? aclDiff(before?.acl, after!.acl!) : []
  if (change === 'acl') return acl
  if (!options.data || options.dataWidth === 0) return acl
  return [...dataLines(event, options), ...acl]
}

function dataLines(event: ZnodeEvent, { decode, dataWidth }: EventOptions): readonly DiffLine[] {
  const form = { width: dataWidth }
  const before = event.before?.data
  const after = event.after === null ? undefined : (event.after.data ?? null)
  const said = (data: Uint8Array | null | undefined): string | null => {
    const value = data ? decode?.(Buffer.from(event.path), data) : undefined
    // text says itself what it is, and its lines can be compared
    return value && value.kind !== 'text' && value.kind !== 'json'
      ? (decodedText(value, form.width)?.replace(/,$/, '') ?? null)
      : null
  }
  const [left, right] = [said(before), said(after)]
  if (left === null && right === null && before !== undefined && after !== undefined) {
    return dataDiff(before, after, form)
  }
  return [...dataSide('-', before, left, form), ...dataSide('+', after, right, form)]
}

function aclDiff(before: AclList | undefined, after: AclList): DiffLine[] {
  const entries = (acl: AclList) => (acl === null ? ['(null)'] : aclEntries(acl))
  return lineDiff(before === undefined ? [] : entries(before), entries(after)).map(({ sign, text }) => ({
    sign,
    text: `acl ${text}`,
  }))
}

/** The ordinary list is not worth a word. */
function isOpen(acl: AclList | undefined): boolean {
  return acl !== undefined && acl !== null && aclEntries(acl).join() === 'world:anyone:cdrwa'
}
