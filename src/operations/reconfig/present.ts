/* What a change of members is planned on: the newest configuration, and what is seen of everybody. */
import { type GivenMembership, parseMembership } from '../../cluster/membership.ts'
import { canonicalServer, type ServerLine } from '../../config/ensemble.ts'

export interface SeenMember {
  readonly runs: boolean
  /** In broadcast, near the leader's zxid. */
  readonly synced: boolean
  /** As it is connected now. */
  readonly as: 'leader' | 'follower' | 'observer' | null
}

export interface Present {
  readonly ensemble: string
  /** Of the configuration; every request is conditional on it. */
  readonly version: bigint
  readonly membership: GivenMembership
  /** Members and joiners by id; who is not in it was not seen. */
  readonly seen: ReadonlyMap<number, SeenMember>
  /** Ids that were members before. */
  readonly retired: ReadonlySet<number>
  /** The leader's: it refuses less than two voters then. */
  readonly standaloneEnabled: boolean
  /** What the command that takes it back needs to find the ensemble: ` --connect …`. */
  readonly flags?: string
}

/** `server.N=…` with role and client part as servers print it. */
export function lineOf({ lines }: GivenMembership, id: number): string {
  return `server.${id}=${canonicalServer(lines.get(id)!)}`
}

/** All of it as a request takes it: servers, groups, weights. */
export function entriesOf(membership: GivenMembership): readonly string[] {
  const { servers, groups, weights } = membership
  const ids = [...servers.keys()].sort((a, b) => a - b)
  return [
    ...ids.map((id) => lineOf(membership, id)),
    ...[...groups].map(([id, members]) => `group.${id}=${members.join(':')}`),
    ...[...weights].map(([id, weight]) => `weight.${id}=${weight}`),
  ]
}

export const leaderOf = ({ seen }: Present): number | undefined => [...seen].find(([, { as }]) => as === 'leader')?.[0]

export const isHierarchical = ({ groups }: GivenMembership): boolean => groups.size > 0

/** The same with other servers; groups lose who is gone. */
export function withLines(membership: GivenMembership, lines: ReadonlyMap<number, ServerLine>): GivenMembership {
  const servers = new Map([...lines].map(([id, { role }]) => [id, role] as const))
  const groups = [...membership.groups]
    .map(([id, members]) => [id, members.filter((one) => servers.has(one))] as const)
    .filter(([, members]) => members.length > 0)
  const weights = [...membership.weights].filter(([id]) => servers.has(id))
  return { servers, lines, groups: new Map(groups), weights: new Map(weights) }
}

/** Server lines by id. Throws `usage` for what is none. */
export function linesOf(entries: readonly string[]): ReadonlyMap<number, ServerLine> {
  // an observer alone is no membership, but a joiner
  const voter = 'server.0=zkops:1:2'
  const { lines } = parseMembership([voter, ...entries])
  return new Map([...lines].filter(([id]) => id !== 0))
}

/** Whether they mean the same, however they are written. */
export function sameMembership(a: GivenMembership, b: GivenMembership): boolean {
  return comparable(a) === comparable(b)
}

function comparable(membership: GivenMembership): string {
  const { servers, groups, weights } = membership
  const ids = [...servers.keys()].sort((one, other) => one - other)
  const grouped = [...groups.values()].map((members) => [...members].sort((one, other) => one - other).join(':')).sort()
  // without groups no weight counts
  const weighted = groups.size === 0 ? [] : ids.map((id) => weights.get(id) ?? 1)
  return JSON.stringify([ids.map((id) => lineOf(membership, id)), grouped, weighted])
}
