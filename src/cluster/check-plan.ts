/*
 * Can a plan of changes to an ensemble go wrong? Each step is taken apart into the moments that it can be in; each moment
 * is tried with every loss of up to `failures` members. The model, and what it leaves out: docs/quorum.md.
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
 *
 * The worst that a step can do is told: two leaders (two quorums without a common member), lost writes (a quorum none of
 * whom remembers what another one acknowledged), a change that is never decided, a stop (no quorum).
 */
import {
  countOf,
  disjointQuorums,
  fatalLoss,
  idsOf,
  type Members,
  type Membership,
  membersOf,
  type QuorumSystem,
  quorumSystem,
  subsetsOf,
  survives,
  universeOf,
} from './quorum.ts'

export type Step =
  | { readonly kind: 'reconfig' | 'files'; readonly to: Membership }
  | { readonly kind: 'restart'; readonly ids: readonly number[] }
  | { readonly kind: 'stop'; readonly ids: readonly number[] }
  | { readonly kind: 'start'; readonly ids: readonly number[]; readonly empty: boolean }

export interface QuorumPlan {
  readonly from: Membership
  readonly steps: readonly Step[]
  /** Members that do not run, joiners as well. */
  readonly down: readonly number[]
  /** They run, but do not have the latest writes. */
  readonly behind: readonly number[]
  /** They run, behind, and have forgotten what they acknowledged. */
  readonly empty: readonly number[]
  /** How many may be lost at any moment; by default one, or none when the ensemble survives none to begin with. */
  readonly failures?: number | undefined
  /** Whoever is lost comes back with an empty disk. */
  readonly emptyReturns: boolean
}

export type Phase = 'before' | 'deciding' | 'reconnecting' | 'changing' | 'restarting' | 'returning' | 'after'

/** Worst first. */
const KINDS = ['two-leaders', 'lost-writes', 'undecided', 'stopped'] as const

export interface Counterexample {
  readonly kind: (typeof KINDS)[number]
  /** 0: before the first. */
  readonly step: number
  readonly phase: Phase
  /** Members that are down because the step restarts or reconnects them. */
  readonly away: readonly number[]
  /** Whom it takes to lose. */
  readonly lost: readonly number[]
  /** The membership that has no quorum, or that elects a leader without the writes. */
  readonly membership: Membership
  /** Of its voters. */
  readonly down: readonly number[]
  readonly behind: readonly number[]
  readonly empty: readonly number[]
  /** They vote by the new membership, but observe as yet. */
  readonly observing: readonly number[]
  /** Two leaders: by the old and the new membership. Lost writes: who acknowledged, and who elects. */
  readonly quorums: readonly (readonly number[])[]
  /** Two leaders: the old membership. */
  readonly old: Membership | null
}

/** How the ensemble is behind a step. */
export interface Rest {
  readonly step: number
  readonly membership: Membership
  readonly down: readonly number[]
  /** -1: it does not serve. */
  readonly survives: number
}

export interface Verdict {
  readonly safe: boolean
  readonly failures: number
  readonly counterexample: Counterexample | null
  /** The first is before all steps. */
  readonly rests: readonly Rest[]
}

/** One thing an ensemble can be in the middle of. */
interface Moment extends Omit<State, 'membership'> {
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

interface State {
  readonly membership: Membership
  readonly running: Members
  /** They run with the latest writes. */
  readonly current: Members
  /** They run, and do not remember what they acknowledged. */
  readonly forgetful: Members
}

/** Throws `usage` for more members than can be checked. */
export function checkPlan(plan: QuorumPlan): Verdict {
  const { steps, from } = plan
  const universe = universeOf([from, ...steps.flatMap((step) => ('to' in step ? [step.to] : []))])
  const systems = new Map<Membership, QuorumSystem>()
  const systemOf = (membership: Membership): QuorumSystem => {
    let system = systems.get(membership)
    if (system === undefined) systems.set(membership, (system = quorumSystem(membership, universe)))
    return system
  }
  const all = (1 << universe.length) - 1
  const running = all & ~membersOf(universe, plan.down)
  const forgetful = running & membersOf(universe, plan.empty)
  const current = running & ~forgetful & ~membersOf(universe, plan.behind)
  let state: State = { membership: from, running, current, forgetful }
  const survived = (of: State) => survives([systemOf(of.membership)], of.current)
  const failures = plan.failures ?? Math.max(0, Math.min(1, survived(state)))
  const rest = (step: number): Rest => ({
    step,
    membership: state.membership,
    down: idsOf(universe, all & ~state.running),
    survives: survived(state),
  })
  const look = (step: number, moment: Moment): Counterexample | undefined => {
    const found = wrongIn(moment, systemOf, plan.emptyReturns)
    if (found === undefined) return undefined
    const { kind, lost, membership, quorums } = found
    const { voters } = systemOf(membership)
    const asIds = (members: Members) => idsOf(universe, members)
    return {
      ...{ kind, step, phase: moment.phase, membership },
      away: asIds(moment.away),
      lost: asIds(lost),
      down: asIds(voters & ~moment.running),
      behind: asIds(voters & moment.running & ~moment.current & ~moment.forgetful),
      empty: asIds(voters & moment.forgetful),
      observing: asIds(voters & moment.current & ~moment.acting & ~moment.away),
      quorums: quorums.map(asIds),
      old: kind === 'two-leaders' ? moment.electing[0]! : null,
    }
  }
  const worst = (step: number, moments: readonly Moment[]): Counterexample | null => {
    const found = moments.flatMap((moment) => look(step, moment) ?? [])
    for (const kind of KINDS) {
      const example = found.find((one) => one.kind === kind)
      if (example !== undefined) return example
    }
    return null
  }
  const rests = [rest(0)]
  let counterexample = worst(0, [restingMoment('before', state, failures)])
  for (const [i, step] of steps.entries()) {
    const { moments, next } = takeApart(step, state, { universe, failures, systemOf })
    // what lasts before what passes
    counterexample ??= worst(i + 1, [restingMoment('after', next, failures), ...moments])
    state = next
    rests.push(rest(i + 1))
  }
  return { safe: counterexample === null, failures, counterexample, rests }
}

function restingMoment(phase: Phase, { membership, ...who }: State, budget: number): Moment {
  const systems = [membership]
  return { ...who, phase, needed: systems, electing: systems, acting: who.current, away: 0, budget }
}

interface Context {
  readonly universe: readonly number[]
  readonly failures: number
  readonly systemOf: (membership: Membership) => QuorumSystem
}

/** The moments of a step, and how things are behind it. */
function takeApart(step: Step, state: State, context: Context): { moments: Moment[]; next: State } {
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

interface Wrong {
  readonly kind: Counterexample['kind']
  readonly lost: Members
  readonly membership: Membership
  readonly quorums: readonly Members[]
}

function wrongIn(
  moment: Moment,
  systemOf: (membership: Membership) => QuorumSystem,
  emptyReturns: boolean,
): Wrong | undefined {
  const { electing, needed, acting, budget, phase } = moment
  const [old, other] = electing
  if (other !== undefined) {
    const quorums = disjointQuorums(systemOf(old!), systemOf(other))
    if (quorums !== undefined) return { kind: 'two-leaders', lost: 0, membership: other, quorums }
  }
  for (let size = 0; size <= (emptyReturns ? budget : 0); size++) {
    for (const lost of subsetsOf(acting, size)) {
      const forgetful = moment.forgetful | lost
      if (forgetful === 0) continue
      for (const membership of electing) {
        for (const before of electing) {
          const quorums = disjointQuorums(systemOf(before), systemOf(membership), { certain: acting, forgetful })
          if (quorums !== undefined) return { kind: 'lost-writes', lost, membership, quorums }
        }
      }
    }
  }
  const lost = fatalLoss(needed.map(systemOf), acting, budget)
  if (lost === undefined) return undefined
  const membership = needed.find((one) => !systemOf(one).isQuorum(acting & ~lost))!
  const undecided = phase === 'deciding' && lost === 0 && membership !== needed[0]
  return { kind: undecided ? 'undecided' : 'stopped', lost, membership, quorums: [] }
}
