/*
 * Can a plan of changes to an ensemble go wrong? Each step is taken apart into the moments that it can be in; each
 * moment (moments.ts) is tried with every loss of up to `failures` members. The model, and what it leaves out: docs/quorum.md.
 *
 * The worst that a step can do is told: two leaders (two quorums without a common member), lost writes (a quorum none of
 * whom remembers what another one acknowledged), a change that is never decided, a stop (no quorum).
 */
import { type Moment, type Phase, restingMoment, type State, type Step, takeApart } from './moments.ts'
import {
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

export type { Phase, Step } from './moments.ts'

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
