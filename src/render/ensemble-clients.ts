import type { ClientMember } from '../operations/ensemble/clients/ask-all.ts'
import type { Client, EnsembleConnections } from '../operations/ensemble/clients/connections.ts'
import { columns, countText } from './amounts.ts'
import { findingText } from './findings.ts'
import { printable, type Style } from './style.ts'

/** `id host state`. */
export function memberHead({ id, host, clientPort, state }: ClientMember): readonly string[] {
  return [id === null ? '?' : String(id), printable(clientPort === null ? host : `${host}:${clientPort}`), state]
}

export const MEMBER_COLUMNS = ['id', 'host', 'state'] as const

export const orNothing = (value: number | null): string => (value === null ? '-' : countText(value))

/** `1 session`, `2 sessions`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${count === 1 ? one : many}`
}

export function tableBlock(rows: readonly (readonly string[])[], right: readonly number[]): string {
  return `${columns(rows, right).join('\n')}\n`
}

export function omittedText(omitted: number, { color }: Style): string {
  return omitted === 0 ? '' : `${color.dim(`and ${countText(omitted)} more (--top)`)}\n`
}

export function connectionsText(result: EnsembleConnections, style: Style): string {
  const { color } = style
  const { members, clients } = result
  const memberRows = members.map((member) => [
    ...memberHead(member),
    ...[orNothing(member.connections), orNothing(member.secure)],
    member.limit === 0 ? 'none' : orNothing(member.limit),
  ])
  const clientRows = clients.map((client) => [
    printable(client.address),
    ...[client.connections, client.sessions, client.withoutSession, client.queued].map(countText),
    placesText(client),
  ])
  return [
    `${color.bold(printable(result.ensemble))}: ${counted(result.connections, 'connection')} of ${counted(result.clientCount, 'client')}\n`,
    ...result.findings.map((finding) => findingText(finding, style)),
    tableBlock([[...MEMBER_COLUMNS, 'connections', 'tls', 'per client'], ...memberRows], [3, 4, 5]),
    clientRows.length === 0 ? '' : '\n',
    clientRows.length === 0 ? '' : tableBlock([CLIENT_COLUMNS, ...clientRows], [1, 2, 3, 4]),
    omittedText(result.omittedClients, style),
  ].join('')
}

const CLIENT_COLUMNS = ['client', 'connections', 'sessions', 'without', 'waiting', 'with'] as const

/** `1: 12 (20%), 3: 4 tls`. */
function placesText({ at }: Client): string {
  return at
    .map(({ member, secure, connections, limitPercent }) => {
      const share = limitPercent === null ? '' : ` (${limitPercent}%)`
      return `${member}: ${countText(connections)}${secure ? ' tls' : ''}${share}`
    })
    .join(', ')
}
