/* The members, groups and weights that a file names, read as generously as any release reads them. */
import { ipv4, ipv6 } from './java/inet.ts'
import { JavaError, parseInt64 } from './java/values.ts'
import type { Setting } from './member.ts'
import { decides, votingGroups } from './quorum.ts'
import { releaseOf } from './release.ts'
import { parseServerLine, type ServerSpec } from './verdict/server-line.ts'

export interface ServerLine extends ServerSpec {
  readonly setting: Setting
}

export interface Ensemble {
  readonly servers: ReadonlyMap<bigint, ServerLine>
  /** Server, group and weight lines that no release can read. */
  readonly unreadable: readonly Setting[]
  /** Ids of members by group. */
  readonly groups: ReadonlyMap<bigint, readonly bigint[]>
  readonly weights: ReadonlyMap<bigint, bigint>
}

export function readEnsemble(settings: Iterable<Setting>): Ensemble {
  const servers = new Map<bigint, ServerLine>()
  const groups = new Map<bigint, readonly bigint[]>()
  const weights = new Map<bigint, bigint>()
  const unreadable: Setting[] = []
  for (const setting of settings) {
    const kind = /^(server\.|group|weight)/.exec(setting.key)?.[1]
    if (kind === undefined) continue
    try {
      const id = parseInt64(setting.key.slice(setting.key.indexOf('.') + 1))
      if (kind === 'server.') servers.set(id, serverLine(id, setting))
      else if (kind === 'group')
        groups.set(
          id,
          setting.value
            .split(':')
            .filter(Boolean)
            .map((one) => parseInt64(one)),
        )
      else weights.set(id, parseInt64(setting.value))
    } catch (error) {
      if (!(error instanceof JavaError)) throw error
      unreadable.push(setting)
    }
  }
  return { servers, groups, weights, unreadable }
}

const NEWEST = releaseOf('3.9')!
const OLDEST = releaseOf('3.4')!

function serverLine(id: bigint, setting: Setting): ServerLine {
  const context = { lookup: (host: string) => ({ error: host }), multiAddress: true, canonicalize: false }
  try {
    return { ...parseServerLine(id, setting.value, { ...context, release: NEWEST }), setting }
  } catch (error) {
    if (!(error instanceof JavaError)) throw error
    return { ...parseServerLine(id, setting.value, { ...context, release: OLDEST }), setting }
  }
}

export function votersOf({ servers }: Ensemble): readonly ServerLine[] {
  return [...servers.values()].filter(({ role }) => role === 'participant')
}

/** Whether these ids are a quorum. */
export function isQuorum(ensemble: Ensemble, ids: ReadonlySet<bigint>): boolean {
  const { groups, weights } = ensemble
  const voters = votersOf(ensemble).map(({ id }) => id)
  return decides(votingGroups({ voters, groups: groups.values(), weights }), (id) => ids.has(id))
}

/** One line that is the same for equal membership: addresses sorted, role always, client part where given. */
export function canonicalServer({ addresses, role, client }: ServerSpec): string {
  const hosts = addresses.map(peerAddress)
  return `${hosts.sort().join('|')}:${role}${client === null ? '' : `;${plainHost(client.host)}:${client.port}`}`
}

/**
 * How much two memberships look like those of one ensemble: above zero when more of their common ids have an address in
 * common than not. A wildcard tells nothing: with it a member names itself.
 */
export function likeness(one: Ensemble, other: Ensemble): number {
  let sum = 0
  for (const [id, { addresses }] of one.servers) {
    const those = other.servers.get(id)?.addresses
    if (those === undefined || [...addresses, ...those].some(({ host }) => isWildcard(host))) continue
    const texts = new Set(those.map(peerAddress))
    sum += addresses.some((address) => texts.has(peerAddress(address))) ? 1 : -1
  }
  return sum
}

function peerAddress({ host, quorumPort, electionPort }: ServerSpec['addresses'][number]): string {
  return `${plainHost(host)}:${quorumPort}:${electionPort ?? ''}`
}

function isWildcard(host: string): boolean {
  return ['0.0.0.0', '::', plainHost('::')].includes(plainHost(host))
}

/** One spelling of a host: lower case, literals in full. */
export function plainHost(host: string): string {
  return ipv4(host) ?? ipv6(host.replace(/^\[|\]$/g, '')) ?? host.toLowerCase()
}
