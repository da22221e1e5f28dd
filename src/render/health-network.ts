import type { NetworkCheck } from '../operations/health/network/check.ts'
import { HERE, type JudgedLink, type PortKind } from '../operations/health/network/model.ts'
import { columns } from './amounts.ts'
import { findingText } from './findings.ts'
import { printable, type Style } from './style.ts'

const PORTS: readonly (readonly [PortKind, string])[] = [
  ['election', 'election ports: every voter needs every other one'],
  ['quorum', 'quorum ports: only the leader listens; idle is as it must be'],
  ['client', 'client ports'],
]

/** Rows are where it was looked from, columns whom to. */
export function networkText(check: NetworkCheck, style: Style): string {
  const tables = PORTS.flatMap(([port, title]) => {
    const links = check.links.filter((link) => link.port === port)
    return links.length === 0 ? [] : [`\n${style.color.bold(title)}\n`, matrix(check, links, style)]
  })
  return [
    `${style.color.bold(printable(check.ensemble))}: ${sentence(check)}\n`,
    ...tables,
    ...namesText(check, style),
    ...(check.findings.length === 0 ? [] : ['\n']),
    ...check.findings.map((finding) => findingText(finding, style)),
  ].join('')
}

function sentence({ links, views, leader }: NetworkCheck): string {
  const faults = links.filter(({ verdict }) => verdict === 'fault').length
  const looked = views.filter((view) => view.looked && view.from !== HERE).length
  const from = looked === 0 ? 'this machine' : `this machine and ${looked} member${looked === 1 ? '' : 's'}`
  const tried = `${links.length} port${links.length === 1 ? '' : 's'} tried from ${from}`
  const lead = leader === null ? 'no steady leader seen' : `server ${printable(leader)} leads`
  return `${faults === 0 ? 'nothing is seen in the way' : `${faults} in the way`}; ${tried}; ${lead}`
}

function matrix({ views, members, leader }: NetworkCheck, links: readonly JudgedLink[], { color }: Style): string {
  const froms = views.filter(({ looked }) => looked).map(({ from }) => from)
  const cellsOf = (from: string, to: string) => links.filter((link) => link.from === from && link.to === to)
  const rows = froms.map((from) => [
    `  ${printable(from === HERE ? 'here' : from)}`,
    ...members.map(({ name }) => (from === name ? '.' : cellsOf(from, name).map(cellText).join(' ') || '-')),
  ])
  const head = ['  from', ...members.map(({ name }) => printable(name === leader ? `${name} leads` : name))]
  const [top, ...lines] = columns([head, ...rows])
  const painted = lines.map((line, i) => {
    const faulty = links.some(({ from, verdict }) => from === froms[i] && verdict === 'fault')
    return faulty ? color.red(line) : line
  })
  return `${[color.bold(top!), ...painted].join('\n')}\n`
}

const CELL = {
  open: 'open',
  refused: 'refused',
  timeout: 'no answer',
  unreachable: 'no way',
  unresolved: 'no name',
  failed: 'not tried',
} as const

/** In parentheses what nobody needs. */
function cellText({ outcome, verdict, ms }: JudgedLink): string {
  if (verdict === 'idle') return 'idle'
  if (outcome === 'open') return verdict === 'fault' ? 'silent' : ms === null ? 'open' : `${ms} ms`
  return verdict === 'unjudged' ? `(${CELL[outcome]})` : CELL[outcome]
}

function namesText({ names }: NetworkCheck, { color }: Style): readonly string[] {
  if (names.length === 0) return []
  const rows = names.flatMap(({ name, seen }) => {
    const kinds = new Map<string, string[]>()
    for (const { from, addresses } of seen) {
      const text = addresses === null ? 'not told' : addresses.length === 0 ? 'not resolved' : addresses.join(' ')
      kinds.set(text, [...(kinds.get(text) ?? []), from])
    }
    return [...kinds].map(([addresses, froms], i) => [
      `  ${i === 0 ? printable(name) : ''}`,
      printable(addresses),
      kinds.size === 1 ? 'everywhere' : `from ${printable(froms.join(', '))}`,
    ])
  })
  return [`\n${color.bold('names')}\n`, `${columns(rows).join('\n')}\n`]
}
