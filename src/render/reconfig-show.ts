import type { ReconfigShown } from '../operations/reconfig/show.ts'
import { hex64 } from '../support/hex.ts'
import { findingText } from './findings.ts'
import type { Style } from './style.ts'
import { tableText } from './table.ts'

/** The servers as the newest configuration names them, who agrees, and what is wrong. */
export async function reconfigText(shown: ReconfigShown, style: Style): Promise<string> {
  const { color } = style
  const { ensemble, version, leader, quorumSystem, servers, byMember, pending, findings } = shown
  const voters = servers.filter(({ role }) => role === 'participant').length
  const agree = byMember.filter(({ agrees }) => agrees).length
  const sentence =
    version === null
      ? 'no configuration is kept'
      : `version ${hex64(version)}, ${voters} voters (${quorumSystem}), ${agree} of ${byMember.length} members agree; ${leader === null ? 'no leader seen' : `leader ${leader}`}`
  const grouped = servers.some(({ group }) => group !== null)
  const head = [
    'id',
    'role',
    'host',
    'quorum',
    'election',
    'clients',
    ...(grouped ? ['group', 'weight'] : []),
    'state',
    'version',
  ]
  const rows = servers.map((server) => {
    const own = byMember.find(({ id }) => id === server.id)
    return [
      ...[String(server.id), server.role, server.host, String(server.quorumPort), text(server.electionPort)],
      server.clientPort === null ? '-' : `${server.clientAddress}:${server.clientPort}`,
      ...(grouped ? [text(server.group), text(server.weight)] : []),
      server.synced ? `${server.state}, synced` : server.state,
      own === undefined ? '-' : own.agrees ? 'same' : own.version === null ? 'not seen' : hex64(own.version),
    ]
  })
  const table = servers.length === 0 ? '' : await tableText(head, rows, style)
  const proposal = pending === null ? '' : `${color.yellow(`pending: ${hex64(pending)}`)}\n`
  const found = findings.map((finding) => findingText(finding, style)).join('')
  return `${color.bold(ensemble)}: ${sentence}\n${table}${proposal}${found === '' ? '' : `\n${found}`}`
}

const text = (value: number | null): string => (value === null ? '-' : String(value))
