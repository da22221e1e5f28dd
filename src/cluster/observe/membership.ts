/*
 * Who the members are, as a server tells it: the lines of /zookeeper/config, which `conf` shows behind `membership:`,
 * or the AdminServer's voting view (voters only, no version).
 *
 *   server.1=zk1:2888:3888:participant;0.0.0.0:2181
 *   group.1=1:2:3   weight.1=1
 *   version=100000000
 */
import { canonicalServer, type Ensemble, readEnsemble, type ServerLine } from '../../config/ensemble.ts'
import type { Setting } from '../../config/member.ts'

export interface Membership extends Ensemble {
  /** Of the configuration: the zxid that made it; null where the source does not tell. */
  readonly version: bigint | null
  readonly from: 'conf' | 'config-znode' | 'voting-view' | 'file'
  /** Equal for equal membership. */
  readonly text: string
}

export function membershipOf(lines: readonly string[], from: Membership['from']): Membership | null {
  const settings = lines.flatMap((line, i): Setting[] => {
    const equals = line.indexOf('=')
    return equals < 0
      ? []
      : [{ key: line.slice(0, equals).trim(), value: line.slice(equals + 1).trim(), file: from, line: i + 1 }]
  })
  const ensemble = readEnsemble(settings)
  if (ensemble.servers.size === 0) return null
  const version = settings.find(({ key }) => key === 'version')?.value
  return {
    ...ensemble,
    version: version !== undefined && /^[0-9a-f]{1,16}$/i.test(version) ? BigInt(`0x${version}`) : null,
    from,
    text: membershipText(ensemble),
  }
}

/** The membership block of `conf`; null in 3.4 and of a standalone server. */
export function membershipOfConf(text: string): Membership | null {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.trim() === 'membership:')
  return start < 0 ? null : membershipOf(lines.slice(start + 1), 'conf')
}

/** The settings in front of it. */
export function settingsOfConf(text: string): ReadonlyMap<string, string> {
  return new Map(
    text
      .split('\n')
      .filter((line) => /^\w+=/.test(line) && !line.startsWith('server.'))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1).trim()] as const),
  )
}

interface VotingViewServer {
  readonly server_addresses?: unknown
  readonly election_addresses?: unknown
  readonly client_address?: unknown
  readonly learner_type?: unknown
}

/** The AdminServer's voting_view: `{"1": {server_addresses, election_addresses, client_address, learner_type}}`. */
export function membershipOfVotingView(view: unknown): Membership | null {
  if (typeof view !== 'object' || view === null) return null
  const lines = Object.entries(view as Record<string, VotingViewServer>).flatMap(([id, server]) => {
    const quorum = texts(server.server_addresses)
    const election = texts(server.election_addresses)
    if (quorum.length === 0) return []
    const addresses = quorum.map((address, i) => `${address}:${election[i]?.split(':').at(-1) ?? ''}`).join('|')
    const role = String(server.learner_type ?? 'participant').toLowerCase()
    const client =
      typeof server.client_address === 'string' && server.client_address !== '' ? server.client_address : null
    return [`server.${id}=${addresses}:${role}${client === null ? '' : `;${client}`}`]
  })
  return membershipOf(lines, 'voting-view')
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}

function membershipText({ servers, groups, weights }: Ensemble): string {
  const byId = ([a]: readonly [bigint, unknown], [b]: readonly [bigint, unknown]) => (a < b ? -1 : 1)
  return [
    ...[...servers].sort(byId).map(([id, server]) => `server.${id}=${canonicalServer(server)}`),
    ...[...groups].sort(byId).map(([id, members]) => `group.${id}=${members.join(':')}`),
    ...[...weights].sort(byId).map(([id, weight]) => `weight.${id}=${weight}`),
  ].join('\n')
}

/** Without the clients' addresses: where they are not written down, each member knows only its own. */
export function peersText({ servers }: Membership): string {
  return [...servers.values()]
    .map((server) => `server.${server.id}=${canonicalServer({ ...server, client: null })}`)
    .sort()
    .join('\n')
}

/** Where clients reach a member by its line; the wildcard means the host that peers use. */
export function clientPlaceOf(server: ServerLine): { readonly host: string; readonly port: number | null } {
  const host = server.addresses[0]?.host ?? ''
  const written = server.client?.host ?? ''
  const wildcard = written === '' || written === '0.0.0.0' || /^\[?(::|0:0:0:0:0:0:0:0)\]?$/.test(written)
  return { host: wildcard ? host : written, port: server.client?.port ?? null }
}
