import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseMembership } from '../../src/cluster/membership.ts'
import { membersOf, quorumSystem, universeOf } from '../../src/cluster/quorum.ts'
import { blockedBy, inOrder, nextOf, notBack, refusalOf } from '../../src/operations/roll/gates.ts'
import { isAnew, type Trace } from '../../src/operations/roll/trace.ts'
import { configText } from '../../src/operations/roll/view.ts'
import { FULL } from '../helpers/fixtures.ts'
import { rollView, type Spec } from '../helpers/roll-view.ts'

const all = (spec: Spec) => [...spec.states].map((_, i) => i + 1)
const refused = (spec: Spec, ids = all(spec)) => refusalOf(rollView(spec), ids)?.code.replace('refused.', '')

test.each([
  ['the leader last', { states: 'LFF' }, [2, 3, 1]],
  ['observers before followers', { states: 'FLFO', observers: [4] }, [4, 1, 3, 2]],
  ['whoever does not serve first', { states: 'FL-FO', observers: [5] }, [3, 5, 1, 4, 2]],
  ['one that is still in synchronization first', { states: 'FLS' }, [3, 1, 2]],
] as const)('%s', (_, spec, order) => {
  const view = rollView(spec)
  expect(inOrder(view.members).map(({ id }) => id)).toEqual(order)
  expect(nextOf(view, new Set([order[1], order[2]]))?.id).toBe(order[1])
})

test.each<[string, Spec, string | undefined]>([
  ['three that serve', { states: 'LFF' }, undefined],
  ['one of three that is down, and in the roll', { states: 'LF-' }, 'degraded'],
  ['one of five that is down, and in the roll', { states: 'LFFF-' }, undefined],
  ['two of five that are down', { states: 'LFF--' }, 'degraded'],
  ['two voters', { states: 'LF' }, 'no-spare'],
  ['one that runs alone', { states: 'A' }, 'standalone'],
  ['nobody who leads', { states: '??-' }, 'no-leader'],
  ['two who lead', { states: 'LLF' }, 'two-leaders'],
  ['configurations that differ', { states: 'LFF', versions: { 3: '200000000\nserver.9=zk9:1:2' } }, 'members-differ'],
  [
    'versions that differ: each leader has its own where reconfig is off',
    { states: 'LFF', versions: { 3: '0' } },
    undefined,
  ],
  ['a leader that does not count a follower', { states: 'LFF', synced: 1 }, 'not-synced'],
  ['an observer that is down', { states: 'LFF-', observers: [4] }, undefined],
  ['3.4 by a connect string', { states: 'LFF', silent: true }, 'members-unknown'],
  ['learners that nobody named', { states: 'LF', metrics: { 1: { learners: 2 } } }, 'members-unknown'],
  ['groups that need all of one', { states: 'LFFFF', more: ['group.1=1:2:3', 'group.2=4:5'] }, 'no-spare'],
  ['a voter without weight in groups', { states: 'LFFFFFFF', more: EIGHT() }, undefined],
])('%s: %j → %s', (_, spec, code) => expect(refused(spec)).toBe(code))

/** Three groups of three, the last with an observer. */
function EIGHT(): string[] {
  return ['group.1=1:2:3', 'group.2=4:5:6', 'group.3=7:8', 'weight.8=0']
}

test('a voter that is down keeps others from being restarted', () => {
  expect(refused({ states: 'LFFF-' }, [2])).toBe('degraded')
  expect(refused({ states: 'LFFF-' }, [5])).toBeUndefined()
  // of three: what is down may be started, nothing else
  expect(refused({ states: 'LF-' }, [3])).toBeUndefined()
})

test('gates before a member', () => {
  const planned = configText(rollView({ states: 'LFF' }).membership)
  expect(blockedBy(rollView({ states: 'LFF' }), 2, planned)).toBeUndefined()
  expect(blockedBy(rollView({ states: 'LFFF' }), 2, planned)).toMatch(/somebody changed the members/)
  expect(blockedBy(rollView({ states: 'LF?' }), 2, null)).toMatch(/server 3 \(looking\) does not serve/)
  expect(blockedBy(rollView({ states: 'LFF' }), 4, null)).toMatch(/not there any more/)
})

test.each<[string, Spec, RegExp | undefined]>([
  ['all is as before', { states: 'LFF' }, undefined],
  ['it does not answer', { states: 'LF-' }, /does not answer/],
  ['it looks for a leader', { states: 'LF?' }, /looking, election/],
  ['it is still in synchronization', { states: 'LFS' }, /synchronization/],
  ['nobody leads', { states: 'FFF' }, /no leader/],
  ['another one went', { states: 'L-F' }, /server 2 \(down\) has served before/],
  ['it has another configuration', { states: 'LFF', versions: { 3: '0' } }, /another configuration/],
  ['the leader does not count it', { states: 'LFF', synced: 1 }, /counts 1 voters in sync/],
  ['requests wait', { states: 'LFF', metrics: { 3: { outstanding_requests: 90 } } }, /90 requests wait/],
])('not back: %s', (_, spec, why) => {
  const told = notBack(rollView(spec), 3, rollView({ states: 'LFF' }))
  if (why === undefined) expect(told).toBeUndefined()
  else expect(told).toMatch(why)
})

const SPEC: fc.Arbitrary<Spec> = fc
  .record({
    states: fc.string({ unit: fc.constantFrom('F', 'F', 'F', 'S', '?', '-'), minLength: 0, maxLength: 7 }),
    observers: fc.subarray([2, 3, 4, 5, 6, 7, 8], { maxLength: 3 }),
    groups: fc.integer({ min: 0, max: 3 }),
    weights: fc.array(fc.nat(3), { minLength: 8, maxLength: 8 }),
  })
  .map(({ states, observers, groups, weights }) => {
    const whole = `L${states}`
    const ids = [...whole].map((_, i) => i + 1)
    const own = observers.filter((id) => id <= whole.length)
    const inGroup = (group: number) => ids.filter((id) => groups > 0 && id % groups === group)
    const lines = Array.from({ length: groups }, (_, group) => inGroup(group)).filter((list) => list.length > 0)
    const more = [
      ...lines.map((list, i) => `group.${i + 1}=${list.join(':')}`),
      ...(groups === 0 ? [] : ids.map((id) => `weight.${id}=${weights[id - 1]}`)),
    ]
    const letters = [...whole].map((letter, i) => (own.includes(i + 1) && letter === 'F' ? 'O' : letter)).join('')
    return { states: letters, observers: own, more }
  })

test('whoever passes the gates is never needed for a quorum', () => {
  let passed = 0
  fc.assert(
    fc.property(SPEC, (spec) => {
      const view = rollView(spec)
      const ids = all(spec)
      const lines = ids.map((id) => (spec.observers!.includes(id) ? `${id}:observer` : `${id}`))
      const membership = parseMembership([...lines, ...spec.more!])
      const universe = universeOf([membership])
      const { isQuorum } = quorumSystem(membership, universe)
      for (const id of ids) {
        if (refusalOf(view, [id]) !== null || blockedBy(view, id, null) !== undefined) continue
        passed++
        const left = view.members.filter((member) => member.ready && member.id !== id).map((member) => member.id)
        expect(isQuorum(membersOf(universe, left)), `${id} of ${JSON.stringify(spec)}`).toBe(true)
      }
    }),
    { numRuns: FULL ? 20_000 : 1500, seed: 11 },
  )
  expect(passed).toBeGreaterThan(200)
})

const BEFORE: Trace = { at: '2026-11-26T00:00:00.000Z', up: true, process: null, counters: { looking_count: 3 } }
const NOW: Trace = { ...BEFORE, at: '2026-11-26T00:01:00.000Z', counters: { looking_count: 4 } }
const uptime = (ms: number) => rollView({ states: 'LFF', metrics: { 2: { uptime: ms } } }).members[1]!

test.each<[string, Partial<Trace>, Partial<Trace>, number, boolean, boolean | undefined]>([
  ['another process', { process: '7 1' }, { process: '8 2' }, 0, false, true],
  ['the same process, although it seemed away', { process: '7 1' }, { process: '7 1' }, 0, true, false],
  ['nobody listened', {}, {}, 0, true, true],
  ['it did not run before', { up: false }, {}, 0, false, true],
  ['counters began anew', {}, { counters: { looking_count: 1 } }, 0, false, true],
  ['in its role for longer', {}, {}, 90_000, false, false],
  ['in its role since a moment: a new leader is enough for that', {}, {}, 5000, false, undefined],
])('a process that is new: %s', (_, before, now, inRoleMs, away, anew) => {
  expect(isAnew({ ...BEFORE, ...before }, { ...NOW, ...now }, uptime(inRoleMs), away)).toBe(anew)
})
