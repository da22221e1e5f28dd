/*
 * Who is in an ensemble and which of its members together can decide (config/quorum.ts), over sets of members that are
 * bits of a number.
 */
import { decides, votingGroups } from '../config/quorum.ts'
import { ZkopsError } from '../support/errors.ts'

export type Role = 'participant' | 'observer'

export interface Membership {
  readonly servers: ReadonlyMap<number, Role>
  /** Ids by group; none: majorities decide. */
  readonly groups: ReadonlyMap<number, readonly number[]>
  /** 1 where none is given. */
  readonly weights: ReadonlyMap<number, number>
}

/** A set of members: bit i is the i-th of a universe. */
export type Members = number

export interface QuorumSystem {
  readonly voters: Members
  readonly isQuorum: (members: Members) => boolean
}

/** All subsets are tried in places, so there is a limit. */
export const MOST_MEMBERS = 20

/** The ids that occur anywhere, ascending. Throws `usage` when there are too many. */
export function universeOf(memberships: readonly Membership[]): readonly number[] {
  const ids = new Set(memberships.flatMap(({ servers, groups }) => [...servers.keys(), ...[...groups.values()].flat()]))
  if (ids.size > MOST_MEMBERS) {
    throw new ZkopsError('usage', `${ids.size} members are more than can be checked: at most ${MOST_MEMBERS}`)
  }
  return [...ids].sort((a, b) => a - b)
}

export function membersOf(universe: readonly number[], ids: Iterable<number>): Members {
  let members = 0
  for (const id of ids) {
    const bit = universe.indexOf(id)
    if (bit >= 0) members |= 1 << bit
  }
  return members
}

export function idsOf(universe: readonly number[], members: Members): number[] {
  return universe.filter((_, bit) => (members & (1 << bit)) !== 0)
}

export function votersOf({ servers }: Membership): readonly number[] {
  return [...servers].filter(([, role]) => role === 'participant').map(([id]) => id)
}

export function quorumSystem(membership: Membership, universe: readonly number[]): QuorumSystem {
  const { groups, weights } = membership
  const voters = votersOf(membership)
  const bitOf = (id: number) => membersOf(universe, [id])
  const voting = votingGroups({ voters, groups: groups.values(), weights }).map(({ half, votes }) => ({
    half,
    votes: votes.map(({ id, weight }) => ({ id: bitOf(id), weight })),
  }))
  return {
    voters: membersOf(universe, voters),
    isQuorum: (members) => decides(voting, (bit) => (members & bit) !== 0),
  }
}

export function countOf(members: Members): number {
  let count = 0
  for (let rest = members; rest !== 0; rest &= rest - 1) count++
  return count
}

/** The subsets with `size` members, those with low bits first. */
export function* subsetsOf(members: Members, size: number): Generator<Members> {
  if (size === 0) {
    yield 0
    return
  }
  for (let rest = members; rest !== 0; rest &= rest - 1) {
    const lowest = rest & -rest
    for (const others of subsetsOf(rest & ~lowest, size - 1)) yield lowest | others
  }
}

/** The fewest members, at most `most`, without whom one of the systems has no quorum; undefined when there are none. */
export function fatalLoss(systems: readonly QuorumSystem[], acting: Members, most: number): Members | undefined {
  const voters = systems.reduce((all, system) => all | system.voters, 0)
  for (let size = 0; size <= Math.min(most, countOf(acting & voters)); size++) {
    for (const lost of subsetsOf(acting & voters, size)) {
      if (systems.some(({ isQuorum }) => !isQuorum(acting & ~lost))) return lost
    }
  }
  return undefined
}

/** How many of those who act can be lost, whoever it is; -1 when there is no quorum to begin with. */
export function survives(systems: readonly QuorumSystem[], acting: Members): number {
  const lost = fatalLoss(systems, acting, MOST_MEMBERS)
  return lost === undefined ? countOf(acting) : countOf(lost) - 1
}

/**
 * A quorum of each that share none but forgetful members, as small as can be; undefined when there are none. The first
 * is one that may have acknowledged something, so whoever is `certain` to know is in it.
 */
export function disjointQuorums(
  a: QuorumSystem,
  b: QuorumSystem,
  { certain = 0, forgetful = 0 }: { readonly certain?: Members; readonly forgetful?: Members } = {},
): readonly [Members, Members] | undefined {
  const inner = a.voters & b.voters & ~certain & ~forgetful
  const always = a.voters & (certain | forgetful | ~b.voters)
  // every subset of those who may be in either, the largest first: part - 1 & mask
  for (let part = inner; ; part = (part - 1) & inner) {
    const second = b.voters & ~part & ~(certain & ~forgetful)
    if (a.isQuorum(always | part) && b.isQuorum(second)) {
      return [smallest(a, always | part) | (a.voters & certain), smallest(b, second)]
    }
    if (part === 0) return undefined
  }
}

/** Takes members away as long as it stays a quorum. */
export function smallest({ isQuorum, voters }: QuorumSystem, quorum: Members): Members {
  let left = quorum & voters
  for (let rest = left; rest !== 0; rest &= rest - 1) {
    const without = left & ~(rest & -rest)
    if (isQuorum(without)) left = without
  }
  return left
}
