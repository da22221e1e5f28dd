import type { CanaryResult } from '../operations/health/canary/run.ts'
import { columns, countText } from './amounts.ts'
import { findingText } from './findings.ts'
import { STATUS_COLORS } from './health-text.ts'
import { printable, type Style } from './style.ts'

type Member = CanaryResult['members'][number]

/** `3 of 3 members passed`. */
export function canarySentence({ members }: Pick<CanaryResult, 'members'>): string {
  if (members.every(({ state }) => state === 'down')) return 'no member answers'
  return `${members.filter(({ ok }) => ok).length} of ${members.length} members passed`
}

export function canaryText(result: CanaryResult, style: Style): string {
  const { color } = style
  const { status, verdict, members } = result
  const word = verdict === null ? status : status === 'unknown' ? status : verdict
  const paint = color[STATUS_COLORS[status]]
  return [
    `${color.bold(printable(result.ensemble))}: ${paint(word.toUpperCase())}: ${canarySentence(result)}\n`,
    ...result.findings.map((finding) => findingText(finding, style)),
    `${(verdict === null ? onceRows(members) : manyRows(members)).join('\n')}\n`,
  ].join('')
}

const head = ({ id, host, clientPort }: Member) => [
  id === null ? '?' : String(id),
  printable(clientPort === null ? host : `${host}:${clientPort}`),
]

function onceRows(members: readonly Member[]): readonly string[] {
  const rows = members.map((member) => [
    ...head(member),
    member.state,
    ...[member.createMs, member.readMs, member.watchMs, member.deleteMs].map(msText),
    member.reader ?? '-',
  ])
  return columns([['id', 'host', 'state', 'create', 'read', 'watch', 'delete', 'seen by'], ...rows], [3, 4, 5, 6])
}

function manyRows(members: readonly Member[]): readonly string[] {
  const rows = members.flatMap((member) => {
    if (member.performance === null) return [[...head(member), '-', '0', '-', '-', '-', '-']]
    return Object.entries(member.performance).map(([step, { p50, p95, p99, max }], i) => [
      ...(i === 0 ? head(member) : ['', '']),
      ...[step, countText(member.rounds), msText(p50), msText(p95), msText(p99), msText(max)],
    ])
  })
  return columns([['id', 'host', 'step', 'rounds', 'p50', 'p95', 'p99', 'max'], ...rows], [3, 4, 5, 6, 7])
}

/** `0.4 ms`, `12 ms`. */
function msText(ms: number | null): string {
  if (ms === null) return '-'
  return `${ms < 10 ? ms.toFixed(1) : countText(Math.round(ms))} ms`
}
