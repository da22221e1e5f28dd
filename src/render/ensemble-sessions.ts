import type { EnsembleSessions, HeldBy } from '../operations/ensemble/clients/sessions.ts'
import { hex64 } from '../support/hex.ts'
import { countText } from './amounts.ts'
import { spanText } from './duration.ts'
import { counted, MEMBER_COLUMNS, memberHead, omittedText, orNothing, tableBlock } from './ensemble-clients.ts'
import { findingText } from './findings.ts'
import { printable, type Style } from './style.ts'

export function sessionsText(result: EnsembleSessions, style: Style): string {
  const { color } = style
  const { members, sessions } = result
  const memberRows = members.map((member) => [...memberHead(member), orNothing(member.sessions)])
  const rows = sessions.map((session) => rowOf(session, Date.parse(result.at)))
  return [
    `${color.bold(printable(result.ensemble))}: ${sentence(result)}\n`,
    ...result.findings.map((finding) => findingText(finding, style)),
    tableBlock([[...MEMBER_COLUMNS, 'sessions'], ...memberRows], [3]),
    rows.length === 0 ? '' : `\n${tableBlock([SESSION_COLUMNS, ...rows], [3, 5, 6])}`,
    sessions.length === 1 ? pathsText(sessions[0]!) : '',
    omittedText(result.omittedSessions, style),
    result.heavy ? '' : `${color.dim('What each of them holds is told with --heavy.')}\n`,
  ].join('')
}

function sentence({ path, sessionCount, ephemeralsFrom }: EnsembleSessions): string {
  if (path !== null) {
    const name = printable(path.path)
    if (path.owner !== null) return `${name} is an ephemeral of session ${hex64(path.owner)}`
    return `${name} is no ephemeral: no session holds it`
  }
  const told = ephemeralsFrom === null ? '' : `; ephemerals as server ${ephemeralsFrom} tells them`
  return `${counted(sessionCount, 'session')}${told}`
}

const SESSION_COLUMNS = ['session', 'client', 'with', 'timeout', 'last', 'since', 'holds'] as const

function rowOf(session: HeldBy, atMs: number): readonly string[] {
  const { id, client, member, secure, timeoutMs, lastOperation, connectedSince, ephemerals } = session
  return [
    hex64(id),
    printable(client ?? 'not connected'),
    `${member ?? '-'}${secure ? ' tls' : ''}`,
    timeoutMs === null ? '-' : spanText(timeoutMs),
    lastOperation ?? '-',
    connectedSince === null ? '-' : spanText(Math.max(0, atMs - Date.parse(connectedSince))),
    orNothing(ephemerals),
  ]
}

function pathsText({ paths, ephemerals }: HeldBy): string {
  const rest = (ephemerals ?? 0) - paths.length
  return [...paths.map((path) => `  ${printable(path)}\n`), rest > 0 ? `  and ${countText(rest)} more\n` : ''].join('')
}
