/* A counterexample in words. */
import type { Counterexample, Phase } from './check-plan.ts'
import { type Membership, votersOf } from './quorum.ts'

export type Names = (id: number) => string

/** One sentence without its full stop. */
export function counterexampleText(example: Counterexample, names: Names): string {
  const { kind, step, phase, lost, membership, quorums, old } = example
  const when = moment(step, phase, all(example.away, names))
  const [first, second] = quorums
  if (kind === 'two-leaders') {
    const elected = `${all(first!, names)} (${sharesOf(first!, old!)})`
    const others = `${all(second!, names)} (${sharesOf(second!, membership)})`
    return `in step ${step}, ${elected} can decide by the old files while ${others} decide by the new ones: no member is in both, so there can be two leaders, or a leader without acknowledged writes`
  }
  if (kind === 'lost-writes') {
    const forgot = [...example.empty, ...lost]
    const away = lost.length === 0 ? '' : `, if ${all(lost, names)} ${lost.length === 1 ? 'comes' : 'come'} back empty`
    const writes = `writes that ${all(first!, names)} acknowledged`
    return `${when}${away}, ${all(second!, names)} (${sharesOf(second!, membership)}) can elect a leader without ${writes}: ${all(forgot, names)} ${forgot.length === 1 ? 'has' : 'have'} forgotten them`
  }
  const short = [neededText(membership), ...absences(example, names)].join(', ')
  if (kind === 'undecided') {
    return `step ${step} cannot be decided: ${short} (the server answers NewConfigNoQuorum)`
  }
  if (lost.length > 0) return `${when}, losing ${all(lost, names)} stops the ensemble: ${short}`
  return `${when}, the ensemble does not serve: ${short}`
}

function moment(step: number, phase: Phase, away: string): string {
  switch (phase) {
    case 'before':
      return 'before step 1'
    case 'after':
      return `after step ${step}`
    case 'deciding':
      return `while step ${step} is decided`
    case 'changing':
      return `in the middle of step ${step}`
    case 'restarting':
      return `while ${away} restarts in step ${step}`
    case 'reconnecting':
      return `while ${away} reconnects in step ${step}`
    case 'returning':
      return `in step ${step}, before what was started is in sync`
  }
}

/** What a quorum takes. */
export function neededText(membership: Membership): string {
  if (membership.groups.size > 0) {
    const heavy = heavyGroups(membership).length
    return `a majority of weight in ${Math.floor(heavy / 2) + 1} of ${heavy} groups needed`
  }
  const voters = votersOf(membership).length
  return `${Math.floor(voters / 2) + 1} of ${voters} ${voters === 1 ? 'voter' : 'voters'} needed`
}

function heavyGroups({ groups, weights }: Membership): readonly (readonly number[])[] {
  return [...groups.values()].filter((ids) => ids.some((id) => (weights.get(id) ?? 1) > 0))
}

function sharesOf(quorum: readonly number[], membership: Membership): string {
  if (membership.groups.size > 0) return 'a quorum by weight and groups'
  return `${quorum.length} of ${votersOf(membership).length} voters`
}

function absences({ down, behind, empty, observing, lost }: Counterexample, names: Names): string[] {
  const phrase = (ids: readonly number[], one: string, several: string) => {
    const left = ids.filter((id) => !lost.includes(id))
    return left.length === 0 ? [] : [`${all(left, names)} ${left.length === 1 ? one : several}`]
  }
  return [
    ...phrase(down, 'does not run', 'do not run'),
    ...phrase(behind, 'is behind', 'are behind'),
    ...phrase(empty, 'is empty', 'are empty'),
    ...phrase(observing, 'observes as yet', 'observe as yet'),
  ]
}

/** `zk1, zk2 and zk3` */
export function all(ids: readonly number[], names: Names): string {
  const texts = ids.map(names)
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`
}
