/*
 * quorum simulate: a plan held against every loss that it has to survive.
 * 1. The plan is read; nothing is asked of a server.
 * 2. It is checked (cluster/check-plan.ts).
 * 3. Where it is only said which memberships follow each other, the verdict by reconfig and the one by files are both
 *    told; where the files are edited at once and that is unsafe, a way in single steps is looked for.
 */
import { type Counterexample, checkPlan, type Rest, type Step, type Verdict } from '../../cluster/check-plan.ts'
import { counterexampleText, type Names, neededText } from '../../cluster/counterexample.ts'
import { type GivenMembership, memberNames, parseMembership } from '../../cluster/membership.ts'
import { oneByOne } from '../../cluster/one-by-one.ts'
import { ZkopsError } from '../../support/errors.ts'
import { type GivenPlan, idsOf, type Method, planOfLists, readPlan } from './read-plan.ts'

export interface SimulateOptions {
  /** A file; else lists. */
  readonly plan: string | undefined
  readonly servers: readonly string[]
  /** How memberships of a list are reached. */
  readonly method: Method
  /** Ids of members that do not run. */
  readonly down: string
  readonly failures: number | undefined
  readonly emptyReturns: boolean
}

/** A server in a row of the picture. */
export interface PicturedServer {
  readonly id: number
  readonly role: 'participant' | 'observer' | null
  readonly runs: boolean
}

export interface SimulatedStep {
  /** 0: before the first. */
  readonly n: number
  readonly action: 'now' | Step['kind']
  readonly servers: readonly PicturedServer[]
  readonly needed: string
  /** How many members can be lost behind it; -1: it does not serve. */
  readonly survives: number
}

export interface SimulateResult {
  readonly safe: boolean
  /** In words. */
  readonly counterexample: string | null
  readonly example: {
    readonly kind: Counterexample['kind']
    readonly step: number
    readonly phase: Counterexample['phase']
    readonly lost: readonly number[]
    readonly away: readonly number[]
    readonly quorums: readonly (readonly number[])[]
  } | null
  /** How many losses were tried at once. */
  readonly failures: number
  readonly names: Readonly<Record<string, string>>
  readonly steps: readonly SimulatedStep[]
  /** How memberships of a list are reached; null where the plan says it. */
  readonly method: Method | null
  /** Where only memberships are given: each way to reach them. */
  readonly methods: Readonly<Record<Method, { readonly safe: boolean; readonly counterexample: string | null }>> | null
  /** Memberships one server apart that lead there safely by files; null when there are none or none are needed. */
  readonly instead: readonly string[] | null
}

/** Throws `usage`, `input.*`. */
export async function simulateQuorum(options: SimulateOptions): Promise<SimulateResult> {
  const given = await givenPlan(options)
  const plan = {
    ...given,
    down: [...given.down, ...idsOf(options.down)],
    failures: options.failures,
    emptyReturns: options.emptyReturns,
  }
  const names = memberNames(plan.memberships)
  const verdict = checkPlan(plan)
  const words = ({ safe, counterexample }: Verdict) => ({
    safe,
    counterexample: counterexample === null ? null : counterexampleText(counterexample, names),
  })
  const by = (method: Method) =>
    checkPlan({ ...plan, steps: plan.steps.map((step) => ('to' in step ? { ...step, kind: method } : step)) })
  const methods = plan.open ? { files: words(by('files')), reconfig: words(by('reconfig')) } : null
  return {
    ...words(verdict),
    example: verdict.counterexample === null ? null : exampleOf(verdict.counterexample),
    failures: verdict.failures,
    names: namesOf(plan.memberships, names),
    steps: verdict.rests.map((rest, i) => stepOf(rest, i === 0 ? 'now' : plan.steps[i - 1]!.kind, plan)),
    method: plan.open ? options.method : null,
    methods,
    instead: verdict.counterexample?.kind === 'two-leaders' ? insteadOf(plan) : null,
  }
}

async function givenPlan({ plan, servers, method }: SimulateOptions): Promise<GivenPlan> {
  if (plan !== undefined && servers.length > 0) throw new ZkopsError('usage', 'either a plan or --servers, not both')
  if (plan !== undefined) return readPlan(plan, method)
  if (servers.length < 2) {
    throw new ZkopsError('usage', 'a plan is needed, or --servers at least twice: from and to', {
      hint: 'For example --servers 1,2,3 --servers 1,2,3,4',
    })
  }
  return planOfLists(servers, method)
}

function exampleOf({ kind, step, phase, lost, away, quorums }: Counterexample): SimulateResult['example'] {
  return { kind, step, phase, lost, away, quorums }
}

function namesOf(memberships: readonly GivenMembership[], names: Names): Record<string, string> {
  const ids = new Set(memberships.flatMap(({ servers }) => [...servers.keys()]))
  return Object.fromEntries([...ids].sort((a, b) => a - b).map((id) => [String(id), names(id)]))
}

function stepOf({ step, membership, down, survives }: Rest, action: SimulatedStep['action'], plan: GivenPlan) {
  const ids = new Set(plan.memberships.flatMap(({ servers }) => [...servers.keys()]))
  const servers = [...ids]
    .sort((a, b) => a - b)
    .map((id) => ({ id, role: membership.servers.get(id) ?? null, runs: !down.includes(id) }))
  return { n: step, action, servers, needed: neededText(membership), survives }
}

/** The same way with one server at a time, where that is safe. */
function insteadOf(plan: GivenPlan): readonly string[] | null {
  if (plan.memberships.some(({ groups }) => groups.size > 0)) return null
  const last = plan.memberships.at(-1)!
  const lists = [plan.from.servers, ...oneByOne(plan.from, last)].map((servers) =>
    [...servers].map(([id, role]) => (role === 'observer' ? `${id}:observer` : String(id))),
  )
  const [from, ...path] = lists.map((list) => parseMembership(list))
  const { safe } = checkPlan({ ...plan, from: from!, steps: path.map((to) => ({ kind: 'files', to })) })
  return safe ? lists.map((list) => list.join(',')) : null
}
