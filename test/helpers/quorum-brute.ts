/*
 * The model of docs/quorum.md tried out naively, with sets: every subset of members that have the new files or have
 * acknowledged, every member that restarts, every loss.
 */
import type { QuorumPlan, Step } from '../../src/cluster/check-plan.ts'
import type { Membership } from '../../src/cluster/quorum.ts'

type Ids = ReadonlySet<number>

const votersOf = ({ servers }: Membership): number[] =>
  [...servers].filter(([, role]) => role === 'participant').map(([id]) => id)

/** QuorumMaj.containsQuorum, QuorumHierarchical.containsQuorum. */
export function isQuorum(membership: Membership, ids: Ids): boolean {
  const voters = votersOf(membership).filter((id) => ids.has(id))
  if (membership.groups.size === 0) return voters.length > Math.floor(votersOf(membership).length / 2)
  let groups = 0
  let won = 0
  for (const members of membership.groups.values()) {
    const weigh = (list: number[]) => list.reduce((sum, id) => sum + (membership.weights.get(id) ?? 1), 0)
    const total = weigh([...members])
    if (total === 0) continue
    groups++
    if (weigh(members.filter((id) => voters.includes(id))) > Math.floor(total / 2)) won++
  }
  return won > Math.floor(groups / 2)
}

export function* subsets(ids: readonly number[]): Generator<Set<number>> {
  for (let bits = 0; bits < 2 ** ids.length; bits++) yield new Set(ids.filter((_, i) => Math.floor(bits / 2 ** i) % 2))
}

const minus = (a: Iterable<number>, b: Ids): Set<number> => new Set([...a].filter((id) => !b.has(id)))
const plus = (a: Iterable<number>, b: Iterable<number>): Set<number> => new Set([...a, ...b])
const both = (a: Iterable<number>, b: Ids): Set<number> => new Set([...a].filter((id) => b.has(id)))

interface State {
  membership: Membership
  running: Set<number>
  current: Set<number>
  forgetful: Set<number>
}

/** How many of those who act can be lost whoever it is; -1 for none to begin with. */
function survives(memberships: readonly Membership[], acting: Ids): number {
  let most = acting.size
  for (const lost of subsets([...acting])) {
    if (memberships.some((one) => !isQuorum(one, minus(acting, lost)))) most = Math.min(most, lost.size - 1)
  }
  return most
}

function stops(memberships: readonly Membership[], acting: Ids, budget: number): boolean {
  for (const lost of subsets([...acting])) {
    if (lost.size > budget) continue
    if (memberships.some((one) => !isQuorum(one, minus(acting, lost)))) return true
  }
  return false
}

/** A quorum that knows a write, and one that elects without it. */
function forgets(electing: readonly Membership[], state: State, acting: Ids, budget: number): boolean {
  for (const lost of subsets([...acting])) {
    if (lost.size > budget) continue
    const forgetful = plus(state.forgetful, lost)
    if (forgetful.size === 0) continue
    for (const before of electing) {
      for (const knowing of subsets(votersOf(before))) {
        if (!isQuorum(before, knowing) || [...both(acting, new Set(votersOf(before)))].some((id) => !knowing.has(id)))
          continue
        const remember = plus(minus(knowing, forgetful), minus(acting, forgetful))
        for (const after of electing) if (isQuorum(after, minus(votersOf(after), remember))) return true
      }
    }
  }
  return false
}

export interface BruteVerdict {
  readonly safe: boolean
  readonly step: number | null
  readonly kind: string | null
}

export function bruteForce(plan: QuorumPlan): BruteVerdict {
  const memberships = [plan.from, ...plan.steps.flatMap((step) => ('to' in step ? [step.to] : []))]
  const all = new Set(memberships.flatMap(({ servers, groups }) => [...servers.keys(), ...[...groups.values()].flat()]))
  const running = minus(all, new Set(plan.down))
  const forgetful = both(running, new Set(plan.empty))
  let state: State = {
    membership: plan.from,
    running,
    forgetful,
    current: minus(minus(running, forgetful), new Set(plan.behind)),
  }
  const f = plan.failures ?? Math.max(0, Math.min(1, survives([plan.from], state.current)))
  const wipe = plan.emptyReturns ? f : 0
  const rest = (now: State): string[] => [
    ...(forgets([now.membership], now, now.current, wipe) ? ['lost-writes'] : []),
    ...(stops([now.membership], now.current, f) ? ['stopped'] : []),
  ]
  const verdict = (step: number, kinds: readonly string[]): BruteVerdict | undefined => {
    const kind = ['two-leaders', 'lost-writes', 'undecided', 'stopped'].find((one) => kinds.includes(one))
    return kind === undefined ? undefined : { safe: false, step, kind }
  }
  let found = verdict(0, rest(state))
  for (const [i, step] of plan.steps.entries()) {
    if (found !== undefined) return found
    const { kinds, next } = during(step, state, f, plan.emptyReturns)
    found = verdict(i + 1, [...kinds, ...rest(next)])
    state = next
  }
  return found ?? { safe: true, step: null, kind: null }
}

function during(step: Step, state: State, f: number, emptyReturns: boolean): { kinds: string[]; next: State } {
  const { membership: old } = state
  if ('to' in step) return (step.kind === 'files' ? byFiles : byReconfig)(step.to, state, f, emptyReturns)
  const ids = new Set<number>(step.ids)
  if (step.kind === 'restart') {
    const kinds = spare([old])
      ? [...both(both(ids, state.current), new Set(votersOf(old)))].flatMap((one) =>
          away([old], [old], state, state.current, new Set([one]), f, emptyReturns),
        )
      : []
    return { kinds, next: state }
  }
  if (step.kind === 'stop') {
    const { membership, running, current, forgetful } = state
    return {
      kinds: [],
      next: {
        membership,
        running: minus(running, ids),
        current: minus(current, ids),
        forgetful: minus(forgetful, ids),
      },
    }
  }
  const back = step.empty ? ids : minus(ids, state.running)
  const returned: State = {
    membership: old,
    running: plus(state.running, ids),
    current: minus(state.current, back),
    forgetful: step.empty ? plus(state.forgetful, ids) : state.forgetful,
  }
  return {
    kinds: away([old], [old], returned, returned.current, both(back, state.current), f, emptyReturns),
    next: { ...returned, current: plus(returned.current, ids), forgetful: minus(state.forgetful, ids) },
  }
}

/** Whether a member can be missed when all run. */
const spare = (memberships: readonly Membership[]) =>
  memberships.every((one) => survives([one], new Set(votersOf(one))) >= 1)

function away(
  needed: readonly Membership[],
  electing: readonly Membership[],
  state: State,
  acting: Ids,
  gone: Ids,
  f: number,
  emptyReturns: boolean,
): string[] {
  const left = minus(acting, gone)
  const budget = Math.max(0, f - gone.size)
  return [
    ...(forgets(electing, state, left, emptyReturns ? budget : 0) ? ['lost-writes'] : []),
    ...(stops(needed, left, budget) ? ['stopped'] : []),
  ]
}

function byReconfig(to: Membership, state: State, f: number, emptyReturns: boolean) {
  const { membership: old, current } = state
  const observers = new Set([...old.servers].filter(([, role]) => role === 'observer').map(([id]) => id))
  const acting = minus(current, observers)
  const kinds: string[] = []
  const next = { ...state, membership: to }
  // acknowledgements come in one by one: any subset is a moment
  for (const acked of subsets([...acting])) {
    const decided = isQuorum(old, acked) && isQuorum(to, acked)
    // whoever has not acknowledged goes by the old membership
    if (decided && isQuorum(old, minus(votersOf(old), acked))) kinds.push('two-leaders')
  }
  if (isQuorum(old, acting) && !isQuorum(to, acting)) kinds.push('undecided')
  kinds.push(...away([old, to], [old], state, acting, new Set(), f, emptyReturns))
  const promoted = new Set([...observers].filter((id) => to.servers.get(id) === 'participant' && state.running.has(id)))
  if (promoted.size > 0) kinds.push(...away([to], [to], next, current, promoted, f, emptyReturns))
  return { kinds, next }
}

function byFiles(to: Membership, state: State, f: number, emptyReturns: boolean) {
  const { membership: old, current } = state
  const kinds: string[] = []
  const movable = [...old.servers.keys()].filter((id) => to.servers.has(id))
  const joining = [...to.servers.keys()].filter((id) => !old.servers.has(id))
  for (const edited of subsets(movable)) {
    const withNew = plus(edited, joining)
    if (isQuorum(old, minus(votersOf(old), withNew)) && isQuorum(to, withNew)) kinds.push('two-leaders')
  }
  // a write of one time, an election of another: any quorum of each
  for (const first of subsets(votersOf(old))) {
    if (isQuorum(old, first) && isQuorum(to, minus(votersOf(to), first))) kinds.push('two-leaders')
  }
  kinds.push(...away([old, to], [old, to], state, current, new Set(), f, emptyReturns))
  if (spare([old]) && spare([to])) {
    const voters = new Set([...votersOf(old), ...votersOf(to)])
    for (const one of both(both(movable, current), voters)) {
      kinds.push(...away([old, to], [old, to], state, current, new Set([one]), f, emptyReturns))
    }
  }
  return { kinds, next: { ...state, membership: to } }
}
