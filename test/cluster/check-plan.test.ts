import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkPlan, type QuorumPlan, type Step } from '../../src/cluster/check-plan.ts'
import { counterexampleText } from '../../src/cluster/counterexample.ts'
import { parseMembership } from '../../src/cluster/membership.ts'
import type { Membership, Role } from '../../src/cluster/quorum.ts'
import { bruteForce } from '../helpers/quorum-brute.ts'

const FULL = process.env.ZKOPS_TEST_FULL !== undefined

const NONE = { down: [], behind: [], empty: [], emptyReturns: false }
const parse = (list: string) => parseMembership(list.split(','))

const wordsOf = (plan: QuorumPlan) => {
  const { counterexample } = checkPlan(plan)
  return counterexample === null ? 'safe' : counterexampleText(counterexample, (id) => `zk${id}`)
}
const plan = (from: string, steps: readonly Step[], more: Partial<QuorumPlan> = {}): QuorumPlan => ({
  ...NONE,
  from: parse(from),
  steps,
  ...more,
})
const reconfig = (to: string): Step => ({ kind: 'reconfig', to: parse(to) })
const files = (to: string): Step => ({ kind: 'files', to: parse(to) })

describe('what is said of', () => {
  test.each<readonly [string, QuorumPlan, string]>([
    [
      'three to five by files',
      plan('1,2,3', [files('1,2,3,4,5')]),
      'zk2 and zk3 (2 of 3 voters) can decide by the old',
    ],
    ['three, four, five by files', plan('1,2,3', [files('1,2,3,4'), files('1,2,3,4,5')]), 'safe'],
    ['five, four, three by files', plan('1,2,3,4,5', [files('1,2,3,4'), files('1,2,3')]), 'safe'],
    ['three to five by reconfig', plan('1,2,3', [reconfig('1,2,3,4,5')]), 'safe'],
    [
      'a dead member that joins',
      plan('1,2,3', [{ kind: 'restart', ids: [1] }, reconfig('1,2,3,4')], { down: [4] }),
      'after step 2, losing zk1 stops the ensemble: 3 of 4 voters needed, zk4 does not run',
    ],
    [
      'two voters on the way',
      plan('1,2,3', [reconfig('1,2'), reconfig('1,2,4')]),
      'after step 1, losing zk1 stops the ensemble: 2 of 2 voters needed',
    ],
    ['a dead member replaced at once', plan('1,2,3', [reconfig('1,2,4')], { down: [3] }), 'safe'],
    [
      'four joiners that do not run',
      plan('1,2,3', [reconfig('1,2,3,4,5,6,7')], { down: [4, 5, 6, 7] }),
      'step 1 cannot be decided: 4 of 7 voters needed, zk4, zk5, zk6 and zk7 do not run (the server answers NewConfigNoQuorum)',
    ],
    [
      'an observer that becomes a voter where its vote is needed',
      plan('1,2,3:observer', [reconfig('1,2,3')], { down: [2] }),
      'before step 1, the ensemble does not serve: 2 of 2 voters needed, zk2 does not run',
    ],
    ['the same by way of removal', plan('1,2,3,4:observer', [reconfig('1,2,3'), reconfig('1,2,3,4')]), 'safe'],
    [
      'an observer that becomes a voter',
      plan('1,2,3,4:observer', [reconfig('1,2,3,4')]),
      'while step 1 is decided, losing zk1 stops the ensemble: 3 of 4 voters needed, zk4 observes as yet',
    ],
    [
      'a roll while one is down',
      plan('1,2,3', [{ kind: 'restart', ids: [1, 2] }], { down: [3] }),
      'while zk1 restarts in step 1, the ensemble does not serve: 2 of 3 voters needed, zk3 does not run',
    ],
    ['a roll', plan('1,2,3', [{ kind: 'restart', ids: [1, 2, 3] }]), 'safe'],
    [
      // operations 4.9, reproduced on real servers
      'an amnesiac beside a member that was away',
      plan('1,2,3', [{ kind: 'start', ids: [2], empty: true }], { behind: [3], failures: 0 }),
      'zk2 and zk3 (2 of 3 voters) can elect a leader without writes that zk1 and zk2 acknowledged: zk2 has forgotten them',
    ],
    ['a wiped member while the others are whole', plan('1,2,3', [{ kind: 'start', ids: [3], empty: true }]), 'safe'],
    ['a stopped member', plan('1,2,3', [{ kind: 'stop', ids: [3] }]), 'after step 1, losing zk1 stops the ensemble'],
    [
      'a disk that is lost with the member',
      plan('1,2,3', [{ kind: 'stop', ids: [3] }], { emptyReturns: true, failures: 1 }),
      'after step 1, if zk1 comes back empty, zk1 and zk3 (2 of 3 voters) can elect a leader without writes that zk1 and zk2 acknowledged',
    ],
    [
      'more losses than it ever survived',
      plan('1,2,3', [{ kind: 'restart', ids: [1] }], { failures: 2 }),
      'before step 1, losing zk1 and zk2 stops the ensemble: 2 of 3 voters needed',
    ],
    [
      'a site that is emptied of weight',
      plan('1,2,3,4,5,6,group.1=1:2:3,group.2=4:5:6', [reconfig('1,2,3,4,5,6,group.1=1:2:3,group.2=4:5:6,weight.1=0')]),
      'after step 1, losing zk2 stops the ensemble: a majority of weight in 2 of 2 groups needed',
    ],
  ])('%s', (_, given, words) => {
    expect(wordsOf(given)).toContain(words)
  })
})

/** Members of a small world by what each of them is in each membership. */
function planOfPatterns(patterns: readonly (readonly (Role | null)[])[], kinds: readonly ('reconfig' | 'files')[]) {
  const memberships = Array.from({ length: kinds.length + 1 }, (_, n): Membership => {
    const servers = patterns.flatMap((pattern, i) => (pattern[n] == null ? [] : [[i + 1, pattern[n]] as const]))
    return { servers: new Map(servers), groups: new Map(), weights: new Map() }
  })
  const [from, ...rest] = memberships
  const voters = memberships.every(({ servers }) => [...servers.values()].includes('participant'))
  return voters ? { from: from!, steps: rest.map((to, i): Step => ({ kind: kinds[i]!, to })) } : undefined
}

const outcome = (given: QuorumPlan) => {
  const { safe, counterexample } = checkPlan(given)
  return { safe, step: counterexample?.step ?? null, kind: counterexample?.kind ?? null }
}

test('every way of voters, alike but for names, is judged as brute force judges it', () => {
  const most = FULL ? 7 : 4
  let plans = 0
  const visit = (patterns: readonly number[]) => {
    const roles = patterns.map((bits) => [0, 1, 2, 3].map((n) => ((bits >> n) & 1 ? 'participant' : null)))
    for (const kind of ['reconfig', 'files'] as const) {
      const made = planOfPatterns(roles, [kind, kind, kind])
      if (made === undefined) continue
      const given = { ...NONE, ...made }
      plans++
      const expected = bruteForce(given)
      const found = outcome(given)
      if (found.safe !== expected.safe || found.step !== expected.step || found.kind !== expected.kind) {
        expect({ patterns, way: kind, ...found }).toEqual({ patterns, way: kind, ...expected })
      }
    }
    if (patterns.length === most) return
    for (let next = patterns.at(-1) ?? 1; next < 16; next++) visit([...patterns, next])
  }
  visit([])
  expect(plans).toBeGreaterThan(FULL ? 100_000 : 3000)
}, 1_200_000)

const ROLES = fc.constantFrom<Role | null>('participant', 'participant', 'observer', null)
const PLAN = fc
  .record({
    patterns: fc.array(fc.tuple(ROLES, ROLES, ROLES, ROLES), { minLength: 1, maxLength: 7 }),
    kinds: fc.tuple(...[0, 1, 2].map(() => fc.constantFrom('reconfig' as const, 'files' as const))),
    other: fc.constantFrom('restart', 'stop', 'start', 'start-empty', null),
    who: fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 2 }),
    at: fc.nat(3),
    down: fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 2 }),
    behind: fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 1 }),
    empty: fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 1 }),
    failures: fc.constantFrom(undefined, undefined, 0, 1, 2),
    emptyReturns: fc.boolean(),
    grouping: fc.option(fc.tuple(fc.nat(2), fc.array(fc.nat(3), { minLength: 7, maxLength: 7 })), { freq: 2 }),
  })
  .map(({ patterns, kinds, other, who, at, grouping, ...facts }): QuorumPlan | undefined => {
    const made = planOfPatterns(patterns, kinds)
    if (made === undefined) return undefined
    const grouped = (membership: Membership): Membership => {
      if (grouping === null) return membership
      const [groups, weights] = grouping
      const ids = [...membership.servers.keys()]
      const list = [0, 1, 2].map((g) => [g, ids.filter((id) => id % (groups + 1) === g)] as const)
      return {
        ...membership,
        groups: new Map(list.filter(([, members]) => members.length > 0)),
        weights: new Map(ids.map((id) => [id, weights[id - 1]!])),
      }
    }
    const steps = made.steps.map((step): Step => ('to' in step ? { ...step, to: grouped(step.to) } : step))
    const ids = who.filter((id) => id <= patterns.length)
    if (other !== null) {
      const extra: Step =
        other === 'restart' || other === 'stop'
          ? { kind: other, ids }
          : { kind: 'start', ids, empty: other === 'start-empty' }
      steps.splice(at, 0, extra)
    }
    return { from: grouped(made.from), steps: steps.slice(0, 3), ...facts }
  })

test('plans with losses, observers, groups and empty disks are judged as brute force judges them', () => {
  fc.assert(
    fc.property(PLAN, (given) => {
      if (given !== undefined) expect(outcome(given)).toEqual(bruteForce(given))
    }),
    { numRuns: FULL ? 30_000 : 400, seed: 3 },
  )
}, 1_200_000)

test('seven members and three steps take at most 200 ms', () => {
  const given = plan(
    '1,2,3,4,5,6,7,group.1=1:2:3,group.2=4:5,group.3=6:7',
    [files('1,2,3,4,5,6,7'), reconfig('1,2,3,4,5'), { kind: 'restart', ids: [1, 2, 3, 4, 5] }],
    { emptyReturns: true, failures: 2 },
  )
  checkPlan(given)
  const startedAt = performance.now()
  checkPlan(given)
  expect(performance.now() - startedAt).toBeLessThan(200)
})
