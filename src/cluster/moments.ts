/*
 * Steps of a change taken apart into the moments that each of them can be in.
 *
 *   reconfig   deciding: quorums of the old and of the new membership both have to acknowledge; observers do not
 *              reconnecting: observers that became voters come back as such
 *              after: quorums of the new membership
 *   files      changing: some members go by the old files, some by the new ones, in any mixture
 *              restarting: the same, with one member down
 *              after
 *   restart    restarting, one after the other
 *   stop       after
 *   start      returning: up, but without the latest writes, or without any; after: with them
 */
import { countOf, type Members, type Membership, membersOf, type QuorumSystem, subsetsOf, survives } from './quorum.ts'

export type Step =
  | { readonly kind: 'reconfig' | 'files'; readonly to: Membership }
  | { readonly kind: 'restart'; readonly ids: readonly number[] }
  | { readonly kind: 'stop'; readonly ids: readonly number[] }
  | { readonly kind: 'start'; readonly ids: readonly number[]; readonly empty: boolean }

export type Phase = 'before' | 'deciding' | 'reconnecting' | 'changing' | 'restarting' | 'returning' | 'after'

/** One thing an ensemble can be in the middle of. */
export interface Moment extends Omit<State, 'membership'> {
  readonly phase: Phase
  /** Each of them has to have a quorum. */
  readonly needed: readonly Membership[]
  /** Each of them can elect a leader by itself. */
  readonly electing: readonly Membership[]
  /** They run with the latest writes, and can acknowledge. */
  readonly acting: Members
  readonly away: Members
  readonly budget: number
}

export interface State {
  readonly membership: Membership
  readonly running: Members
  /** They run with the latest writes. */
  readonly current: Members
  /** They run, and do not remember what they acknowledged. */
  readonly forgetful: Members
}

export function restingMoment(phase: Phase, { membership, ...who }: State, budget: number): Moment {
  const systems = [membership]
  return { ...who, phase, needed: systems, electing: systems, acting: who.current, away: 0, budget }
}

export interface Context {
  readonly universe: readonly number[]
  readonly failures: number
  readonly systemOf: (membership: Membership) => QuorumSystem
}

/** The moments of a step, and how things are behind it. */
export function takeApart(step: Step, state: State, context: Context): { moments: Moment[]; next: State } {
  const { universe, failures } = context
  const { membership: old, running, current, forgetful } = state
  const resting = restingMoment('after', state, failures)
  if ('to' in step) {
    const next = { ...state, membership: step.to }
    const both = { ...resting, needed: [old, step.to] }
    if (step.kind === 'reconfig') {
      const observers = idsWithRole(old, 'observer')
      const deciding: Moment = {
        ...both,
        phase: 'deciding',
        electing: [old],
        acting: resting.acting & ~membersOf(universe, observers),
      }
      const promoted = membersOf(
        universe,
        observers.filter((id) => step.to.servers.get(id) === 'participant'),
      )
      const reconnecting = awayMoment({ ...restingMoment('reconnecting', next, failures) }, promoted & running)
      return { moments: promoted === 0 ? [deciding] : [deciding, reconnecting], next }
    }
    const changing: Moment = { ...both, phase: 'changing', electing: [old, step.to] }
    const staying = [...old.servers.keys()].filter((id) => step.to.servers.has(id))
    return { moments: [changing, ...restarts(changing, membersOf(universe, staying), context)], next }
  }
  const ids = membersOf(universe, step.ids)
  if (step.kind === 'restart') return { moments: restarts(resting, ids, context), next: state }
  if (step.kind === 'stop') {
    const next = { ...state, running: running & ~ids, current: current & ~ids, forgetful: forgetful & ~ids }
    return { moments: [], next }
  }
  const back = step.empty ? ids : ids & ~running
  const returned = {
    ...state,
    running: running | ids,
    current: current & ~back,
    forgetful: step.empty ? forgetful | ids : forgetful,
  }
  const next = { ...returned, current: returned.current | ids, forgetful: forgetful & ~ids }
  const returning = restingMoment('returning', returned, failures)
  return { moments: [awayMoment(returning, current & back)], next }
}

function idsWithRole({ servers }: Membership, wanted: string): number[] {
  return [...servers].filter(([, role]) => role === wanted).map(([id]) => id)
}

/** Whom the step itself takes down is one of those who may be lost. */
function awayMoment(moment: Moment, away: Members): Moment {
  const budget = Math.max(0, moment.budget - countOf(away))
  return { ...moment, acting: moment.acting & ~away, away, budget }
}

/** Each of those who act restarts; where no member can be spared even when all run, that is no news. */
function restarts(moment: Moment, who: Members, { systemOf }: Context): Moment[] {
  const systems = moment.needed.map(systemOf)
  if (systems.some((system) => survives([system], system.voters) < 1)) return []
  const voters = systems.reduce((all, system) => all | system.voters, 0)
  return [...subsetsOf(who & moment.acting & voters, 1)].map((one) =>
    awayMoment({ ...moment, phase: 'restarting' }, one),
  )
}
