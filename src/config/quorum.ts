/*
 * Which members together can decide: QuorumMaj and QuorumHierarchical as the server has them.
 *
 *   majority      more than half of the voters: one group in which every voter weighs the same
 *   hierarchical  more than half of the weight in each of more than half of the groups; a group that weighs nothing is
 *                 not counted, a voter that weighs nothing adds nothing. Whoever a group line names weighs in its group,
 *                 even an observer, which never acknowledges.
 */
export interface VotingGroup<Id> {
  /** Of the weight of all whom the group names. */
  readonly half: number
  readonly votes: readonly { readonly id: Id; readonly weight: number }[]
}

export interface VotingRules<Id> {
  readonly voters: readonly Id[]
  /** None: majorities decide. */
  readonly groups: Iterable<readonly Id[]>
  /** 1 where none is given. */
  readonly weights: ReadonlyMap<Id, number | bigint>
}

export function votingGroups<Id>({ voters, groups, weights }: VotingRules<Id>): readonly VotingGroup<Id>[] {
  const voting = new Set(voters)
  const weightOf = (id: Id) => Number(weights.get(id) ?? 1)
  const hierarchical = [...groups].map((ids) => ({
    half: ids.reduce((sum, id) => sum + weightOf(id), 0) / 2,
    votes: ids.filter((id) => voting.has(id)).map((id) => ({ id, weight: weightOf(id) })),
  }))
  if (hierarchical.length === 0) return [{ half: voters.length / 2, votes: voters.map((id) => ({ id, weight: 1 })) }]
  return hierarchical.filter(({ half }) => half > 0)
}

export function decides<Id>(groups: readonly VotingGroup<Id>[], acknowledged: (id: Id) => boolean): boolean {
  let won = 0
  for (const { half, votes } of groups) {
    let sum = 0
    for (const { id, weight } of votes) if (acknowledged(id)) sum += weight
    if (sum > half) won++
  }
  return won > groups.length / 2
}
