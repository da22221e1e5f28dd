/* What an observation of the members means for the ensemble as a whole. */
import type { ObservedEnsemble } from '../../cluster/observe/ensemble.ts'
import type { Membership } from '../../cluster/observe/membership.ts'
import { epochOf, idOf, type ObservedMember, stateOf } from '../../cluster/observe/model.ts'
import { hasQuorum, type Votes, votesOf } from './quorum.ts'

export interface Overview extends Votes {
  readonly at: Date
  readonly members: readonly ObservedMember[]
  readonly membership: Membership | null
  /** Of those that lead, the one of the newest epoch. */
  readonly leader: ObservedMember | null
  /** A leader, or members that follow one, are enough to decide. */
  readonly hasQuorum: boolean
  /** More than one member is named, known or told of; or one does what only members do. */
  readonly isEnsemble: boolean
}

export function overviewOf({ at, members, membership }: ObservedEnsemble): Overview {
  const votes = votesOf(members, membership)
  const leaders = members.filter((member) => stateOf(member) === 'leading')
  const leader = leaders.sort((a, b) => (epochOrZero(a) < epochOrZero(b) ? 1 : -1))[0] ?? null
  return {
    at,
    members,
    membership,
    leader,
    ...votes,
    hasQuorum: hasQuorum(members, membership, votes.quorum),
    isEnsemble: members.length > 1 || (membership?.servers.size ?? 0) > 1 || members.some(isMember),
  }
}

/** What only a member of an ensemble does: who is alone does not look for a leader. */
const isMember = (member: ObservedMember): boolean =>
  ['leading', 'following', 'observing', 'looking'].includes(stateOf(member))

const epochOrZero = ({ answer }: ObservedMember): bigint => epochOf(answer?.zxid ?? 0n)

/** `server 3`, or where it was asked when it has no id. */
export function memberName(member: ObservedMember): string {
  const id = idOf(member)
  const { host, clientPort, securePort } = member.place
  return id === null ? `${host}:${clientPort ?? securePort ?? '?'}` : `server ${id}`
}

/** The same for findings, which say `server` themselves. */
export function memberKey(member: ObservedMember): string {
  const id = idOf(member)
  return id === null ? memberName(member) : String(id)
}

export const isStandalone = ({ members }: Overview): boolean =>
  members.length === 1 && stateOf(members[0]!) === 'standalone'
