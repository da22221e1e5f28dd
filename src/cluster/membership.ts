/*
 * Memberships as people write them: entries of one list.
 *
 *   entry => ID | ID ":" role | ["server."] ID "=" (line | host) | "group." ID "=" ID (":" ID)* | "weight." ID "=" N
 *
 * `line` is the value of a server line; group and weight lines are those of zoo.cfg.
 */
import { readEnsemble, type ServerLine } from '../config/ensemble.ts'
import { ZkopsError } from '../support/errors.ts'
import type { Membership, Role } from './quorum.ts'

export interface GivenMembership extends Membership {
  /** What is known of members besides their ids. */
  readonly lines: ReadonlyMap<number, ServerLine>
}

/** Throws `usage` for what is no entry, ids that come twice, voters outside of all groups, and no voter at all. */
export function parseMembership(entries: readonly string[]): GivenMembership {
  const servers = new Map<number, Role>()
  const lines = new Map<number, ServerLine>()
  const groups = new Map<number, readonly number[]>()
  const weights = new Map<number, number>()
  for (const entry of entries) {
    const grouping = /^(group|weight)\.(\d+)=(\d+(?::\d+)*)$/.exec(entry)
    if (grouping !== null) {
      const [, kind, id, value] = grouping as unknown as [string, string, string, string]
      if (kind === 'group') groups.set(idOf(id), value.split(':').map(idOf))
      else weights.set(idOf(id), Number(value))
      continue
    }
    const { id, role, line } = serverEntry(entry)
    if (servers.has(id)) throw new ZkopsError('usage', `server ${id} is named twice in ${entries.join(',')}`)
    servers.set(id, role)
    if (line !== undefined) lines.set(id, line)
  }
  const membership = { servers, lines, groups, weights }
  checkMembership(membership, entries)
  return membership
}

function serverEntry(entry: string): { id: number; role: Role; line?: ServerLine } {
  const bare = /^(?:server\.)?(\d+)(?::(participant|observer))?$/i.exec(entry)
  if (bare !== null) return { id: idOf(bare[1]!), role: (bare[2]?.toLowerCase() ?? 'participant') as Role }
  const given = /^(?:server\.)?(\d+)=(.+)$/s.exec(entry)
  if (given !== null) {
    const id = idOf(given[1]!)
    const value = /^[^:;|[\]]+$/.test(given[2]!) ? `${given[2]}:2888:3888` : given[2]!
    const setting = { key: `server.${id}`, value, file: entry, line: 0 }
    const line = readEnsemble([setting]).servers.get(BigInt(id))
    if (line !== undefined) return { id, role: line.role, line }
  }
  throw new ZkopsError('usage', `${entry} is no member: expected an id, or a server line`, {
    hint: 'For example 1,2,3,4:observer or server.1=zk1:2888:3888:participant;2181',
  })
}

function idOf(text: string): number {
  const id = Number(text)
  if (Number.isSafeInteger(id)) return id
  throw new ZkopsError('usage', `${text} is no id of a server`)
}

/** What QuorumVerifiers refuse. */
function checkMembership({ servers, groups, weights }: Membership, entries: readonly string[]): void {
  const given = entries.join(',')
  const voters = [...servers].filter(([, role]) => role === 'participant').map(([id]) => id)
  if (voters.length === 0) throw new ZkopsError('usage', `there is no voter in ${given}`)
  const grouped = [...groups.values()].flat()
  if (new Set(grouped).size < grouped.length) throw new ZkopsError('usage', `a server is in two groups of ${given}`)
  if (weights.size > 0 && groups.size === 0) {
    throw new ZkopsError('usage', `there are weights, but no groups in ${given}`)
  }
  const outside = groups.size === 0 ? undefined : voters.find((id) => !grouped.includes(id))
  if (outside !== undefined) throw new ZkopsError('usage', `server ${outside} is in no group of ${given}`)
}

/** How members are called: their host where each has its own, else `server.N`. */
export function memberNames(memberships: readonly GivenMembership[]): (id: number) => string {
  const hosts = new Map<number, string>()
  for (const { lines } of memberships) {
    for (const [id, { addresses }] of lines) if (addresses[0] !== undefined) hosts.set(id, addresses[0].host)
  }
  const shared = new Set(hosts.values()).size < hosts.size
  return (id) => (shared ? undefined : hosts.get(id)) ?? `server.${id}`
}
