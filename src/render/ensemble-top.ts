/*
 * A look at an ensemble as lines of a screen, each no longer than its width.
 *
 *   zkops top  prod                                           12:03:44Z  every 2 s
 *   3 of 3 voters synced; can lose 1; leader 2 since 3 d
 *   ! the worst finding
 *   requests/s    1,234  ▁▂▃▄
 *
 *    id  host         state      req/s  …          members, then clients: what does not fit is scrolled
 *   q quit  s sort …
 */
import { topKey } from '../operations/ensemble/top/history.ts'
import { shownClients, shownMembers, type TopView } from '../operations/ensemble/top/view.ts'
import type { TopLook, TopMember, TopPicture } from '../operations/ensemble/top/watch.ts'
import type { Finding } from '../support/finding.ts'
import { hex64 } from '../support/hex.ts'
import { countText, sizeText, sparkline } from './amounts.ts'
import { spanText } from './duration.ts'
import { ensembleSentence, isGoodState } from './ensemble-status.ts'
import { type Column, fitted, fittedTable } from './fitted-table.ts'
import { asciiText, type Style } from './style.ts'

export interface TopFrame {
  readonly lines: readonly string[]
  /** Lines of members and clients that are seen, and how many are not. */
  readonly page: number
  readonly beyond: number
}

export interface FrameSize {
  readonly columns: number
  readonly rows: number
}

export function topFrame(
  picture: TopPicture | undefined,
  view: TopView,
  { columns, rows }: FrameSize,
  style: Style,
): TopFrame {
  if (picture === undefined) return waitingFrame({ columns, rows }, style)
  const head = headLines(picture, view, columns, style)
  const body = view.help ? HELP.map((line) => fitted(line, columns, style)) : bodyLines(picture, view, columns, style)
  const page = Math.max(0, rows - head.length - 1)
  const beyond = Math.max(0, body.length - page)
  const from = Math.min(view.scroll, beyond)
  const seen = body.slice(from, from + page)
  const room = Array.from({ length: page - seen.length }, () => '')
  return { lines: [...head, ...seen, ...room, footLine(view, beyond - from, columns, style)], page, beyond }
}

/** The same without a screen, for any width. */
export function topText(picture: TopPicture, view: TopView, columns: number, style: Style): string {
  return `${[...headLines(picture, view, columns, style), ...bodyLines(picture, view, columns, style)].join('\n')}\n\n`
}

/** Before anything is known. */
function waitingFrame({ columns, rows }: FrameSize, style: Style): TopFrame {
  const lines = ['zkops top', '', 'asking the members', '', '', 'q quit'].map((line) => fitted(line, columns, style))
  return { lines: lines.slice(0, rows), page: 0, beyond: 0 }
}

/** With less room than this the time goes. */
const LEAST_TITLE = 16

function headLines({ look, history, everyMs }: TopPicture, view: TopView, columns: number, style: Style) {
  const { color } = style
  const marks = [view.filter === '' ? '' : `  only: ${view.filter}`, view.paused ? '  PAUSED' : '']
  const when = `${look.at.slice(11, 19)}Z  every ${everyMs / 1000} s`
  const name = asciiText(`zkops top  ${look.ensemble}${marks.join('')}`)
  const room = columns - when.length - 1
  const title = room < LEAST_TITLE ? fitted(name, columns, style) : `${fitted(name, room, style).padEnd(room)} ${when}`
  const curve = (label: string, value: string, values: readonly number[]) => {
    const text = `${label.padEnd(11)}${value.padStart(9)}  `
    const room = columns - text.length
    return room <= 0 ? fitted(text, columns, style) : text + sparkline(values.slice(-room), style)
  }
  return [
    view.paused ? color.yellow(title) : color.bold(title),
    fitted(ensembleSentence(look), columns, style),
    worstFinding(look.findings, columns, style),
    curve('requests/s', rateText(look.requestsPerS), history.requests),
    curve('writes/s', rateText(look.writesPerS), history.writes),
    curve('latency', latencyText(look.latencyMs), history.latency),
    '',
  ]
}

function worstFinding(findings: readonly Finding[], columns: number, style: Style): string {
  const weighty = findings.filter(({ severity }) => severity !== 'info')
  const worst = weighty.find(({ severity }) => severity === 'error') ?? weighty[0]
  if (worst === undefined) return ''
  const member = worst.member === undefined ? '' : `server ${worst.member}: `
  const more = weighty.length === 1 ? '' : ` (and ${weighty.length - 1} more: zkops health check)`
  const text = asciiText(`${worst.severity}: ${member}${worst.message}`)
  const line = fitted(text, Math.max(1, columns - more.length), style) + more
  return style.color[worst.severity === 'error' ? 'red' : 'yellow'](fitted(line, columns, style))
}

function bodyLines(picture: TopPicture, view: TopView, columns: number, style: Style): readonly string[] {
  const { look, history } = picture
  const members = shownMembers(look.members, view)
  const table = fittedTable(members, memberColumns(picture, view, style), columns, style, {
    keep: 7,
    text: (room, member) => sparkline((history.members.get(topKey(member)) ?? []).slice(-room), style),
  })
  return view.clients ? [...table, '', ...clientLines(look, view, columns, style)] : table
}

function memberColumns({ everyMs }: TopPicture, { sort, reversed }: TopView, style: Style): Column<TopMember>[] {
  const arrow = !style.unicode ? '*' : (sort === 'id') === reversed ? '↓' : '↑'
  const head = (text: string, name: string) => (name === sort ? `${text}${arrow}` : text)
  const stale = ({ ageMs }: TopMember) => (ageMs !== null && ageMs > 2 * everyMs ? ` (${spanText(ageMs)} ago)` : '')
  return [
    { head: head('id', 'id'), keep: 0, right: true, text: ({ id }) => (id === null ? '?' : String(id)) },
    { head: 'host', keep: 0, text: ({ host, clientPort }) => (clientPort === null ? host : `${host}:${clientPort}`) },
    {
      ...{ head: 'state', keep: 1, text: (member) => `${member.state}${stale(member)}` },
      paint: (text, { state }) => (isGoodState(state) ? style.color.green(text) : style.color.red(text)),
    },
    { head: head('req/s', 'requests'), keep: 2, right: true, least: 7, text: (one) => rateText(one.requestsPerS) },
    {
      ...{ head: head('latency', 'latency'), keep: 3, right: true, least: 8 },
      text: (one) => latencyText(one.recentLatencyMs ?? one.latencyMs),
    },
    { head: head('wait', 'waiting'), keep: 5, right: true, least: 5, text: (one) => number(one.outstanding) },
    { head: head('clients', 'clients'), keep: 4, right: true, text: (one) => number(one.connections) },
    { head: head('lag', 'lag'), keep: 6, right: true, least: 5, text: (one) => number(one.lag) },
    { head: 'version', keep: 8, text: ({ version }) => version ?? '-' },
    { head: 'zxid', keep: 9, text: ({ zxid }) => (zxid === null ? '-' : hex64(zxid)) },
    { head: 'znodes', keep: 10, right: true, text: (one) => number(one.znodes) },
    { head: 'watches', keep: 11, right: true, text: (one) => number(one.watches) },
    {
      ...{ head: 'data', keep: 12, right: true },
      text: ({ dataBytes }) => (dataBytes === null ? '-' : sizeText(dataBytes)),
    },
    { head: 'up', keep: 13, right: true, text: ({ uptimeMs }) => (uptimeMs === null ? '-' : spanText(uptimeMs)) },
  ]
}

const CLIENT_COLUMNS: readonly Column<NonNullable<TopLook['clients']>[number]>[] = [
  { head: 'client', keep: 0, text: ({ address }) => address },
  { head: 'connections', keep: 1, right: true, text: ({ connections }) => countText(connections) },
  { head: 'req/s', keep: 2, right: true, least: 7, text: ({ requestsPerS }) => rateText(requestsPerS) },
  { head: 'queued', keep: 3, right: true, text: ({ queued }) => countText(queued) },
  { head: 'servers', keep: 4, text: ({ members }) => members.join(' ') },
]

function clientLines(look: TopLook, view: TopView, columns: number, style: Style): readonly string[] {
  const { clients, clientsLeftOut, clientsMissing } = look
  if (clients === null) return ['clients: asking …']
  const why = (reason: 'not-told' | 'too-many', text: string) => {
    const ids = clientsMissing.filter((one) => one.why === reason).map(({ member }) => member)
    return ids.length === 0 ? [] : [`server ${ids.join(', ')}: ${text}`]
  }
  return [
    ...fittedTable(shownClients(clients, view), CLIENT_COLUMNS, columns, style),
    ...[
      ...(clientsLeftOut === 0 ? [] : [`and ${countText(clientsLeftOut)} addresses more`]),
      ...why('not-told', 'does not tell who is connected (cons, or its AdminServer)'),
      ...why('too-many', 'too many connections to ask who they are (--most-connections)'),
    ].map((line) => style.color.dim(fitted(asciiText(line), columns, style))),
  ]
}

const HELP = [
  's        sort by the next column: id, req/s, latency, wait, clients, lag',
  'r        the other way round',
  '/        show only members and clients that contain what is typed; Esc shows all',
  'p        pause: what is seen stays as it is',
  'c        clients by address, or not; asking for them costs servers with many connections',
  'arrows   scroll; PgUp PgDn Home End, too',
  'q        quit',
  '',
  'req/s    packets from clients; pings and the questions of this screen count, too',
  'latency  mean of the requests in between (3.6 on); before 3.6 the mean since the server took its role',
  'wait     requests that wait for an answer',
  'lag      transactions behind the leader',
] as const

function footLine({ typing, filter, help }: TopView, below: number, columns: number, style: Style): string {
  if (typing) return fitted(`only: ${asciiText(filter)}_   (Enter keeps it, Esc shows all)`, columns, style)
  const keys = help ? 'h back  q quit' : 'q quit  s sort  r reverse  / filter  p pause  c clients  h help'
  const more = below === 0 ? '' : `  ${below} more below`
  return style.color.dim(fitted(`${keys}${more}`, columns, style))
}

const number = (value: number | null): string => (value === null ? '-' : countText(Math.round(value)))

export function rateText(value: number | null): string {
  if (value === null) return '-'
  return value < 9.95 ? value.toFixed(1) : countText(Math.round(value))
}

function latencyText(value: number | null): string {
  if (value === null) return '-'
  return `${value < 99.95 ? value.toFixed(1) : countText(Math.round(value))} ms`
}
