/* Who votes, how many are needed, how many serve. */

import { idOf, type MemberState, type ObservedMember, stateOf } from '../../cluster/observe/model.ts'
import { type Ensemble, isQuorum, votersOf } from '../../config/ensemble.ts'

export interface QuorumView {
  readonly voters: number
  /** The fewest voters that are a quorum. */
  readonly needed: number
  /** Voters that serve: the leader and those that follow it. */
  readonly serving: number
  /** How many more may be lost. */
  readonly canLose: number
}

const SERVING: readonly MemberState[] = ['leading', 'following', 'serving', 'standalone']

export interface Votes {
  readonly quorum: QuorumView
  /** Voters that may serve: they cannot be looked at, and no leader was seen that counts those who follow it. */
  readonly unseenVoters: number
}

export function votesOf(members: readonly ObservedMember[], membership: Ensemble | null): Votes {
  const ids = membership === null ? null : votersOf(membership).map(({ id }) => Number(id))
  const isVoter = (member: ObservedMember) =>
    ids === null
      ? member.place.role !== 'observer' && stateOf(member) !== 'observing'
      : ids.includes(idOf(member) ?? -1)
  const voting = members.filter(isVoter)
  const leader = members.find((member) => stateOf(member) === 'leading')?.answer?.metrics
  // a leader of 3.6 on knows how many there are, even where nobody tells their names
  const voters = ids?.length ?? Math.max(voting.length, leader?.get('quorum_size') ?? 0)
  const seen = voting.filter((member) => SERVING.includes(stateOf(member))).length
  const unseen = voting.filter((member) => stateOf(member) === 'unknown').length
  const followers = leader?.get('synced_followers')
  const counted = followers === undefined ? null : 1 + followers - (leader!.get('synced_non_voting_followers') ?? 0)
  // what the leader says of those who were asked is older than what they say themselves
  const serving = unseen === 0 || counted === null ? seen : Math.min(Math.max(seen, counted), seen + unseen)
  const needed = membership === null ? majority(voters) : fewest(membership)
  return {
    quorum: { voters, needed, serving, canLose: Math.max(0, serving - needed) },
    unseenVoters: counted === null ? unseen : 0,
  }
}

const majority = (voters: number): number => Math.floor(voters / 2) + 1

/** The size of the smallest quorum: with groups, the heaviest members of the cheapest majority of groups. */
function fewest(ensemble: Ensemble): number {
  if (ensemble.groups.size === 0) return majority(votersOf(ensemble).length)
  const weightOf = (id: bigint) => Number(ensemble.weights.get(id) ?? 1n)
  const costs = [...ensemble.groups.values()]
    .map((ids) => ids.map(weightOf).sort((a, b) => b - a))
    .filter((weights) => weights.some((weight) => weight > 0))
    .map((weights) => {
      const total = weights.reduce((sum, weight) => sum + weight, 0)
      let won = 0
      return weights.findIndex((weight) => 2 * (won += weight) > total) + 1
    })
    .sort((a, b) => a - b)
  return costs.slice(0, majority(costs.length)).reduce((sum, cost) => sum + cost, 0)
}

/** Whether the members that are seen to serve are a quorum. */
export function hasQuorum(members: readonly ObservedMember[], membership: Ensemble | null, view: QuorumView): boolean {
  if (membership === null || membership.groups.size === 0) return view.serving >= view.needed
  const serving = members.filter((member) => SERVING.includes(stateOf(member)))
  return isQuorum(membership, new Set(serving.map((member) => BigInt(idOf(member) ?? -1))))
}
