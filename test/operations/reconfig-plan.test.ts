import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkPlan } from '../../src/cluster/check-plan.ts'
import { parseMembership } from '../../src/cluster/membership.ts'
import { votersOf } from '../../src/cluster/quorum.ts'
import {
  type Acceptable,
  type Present,
  planReconfig,
  type SeenMember,
  type Wanted,
} from '../../src/operations/reconfig/plan.ts'
import { entriesOf } from '../../src/operations/reconfig/present.ts'

const FULL = process.env.ZKOPS_TEST_FULL !== undefined

const line = (id: number, role = 'participant', host = `zk${id}`) =>
  `server.${id}=${host}:2888:3888:${role};0.0.0.0:2181`
const SEEN = { runs: true, synced: true } as const

interface World {
  readonly voters?: readonly number[]
  readonly observers?: readonly number[]
  /** Connected, but no members. */
  readonly joiners?: readonly number[]
  readonly leader?: number
  readonly down?: readonly number[]
  readonly behind?: readonly number[]
  readonly retired?: readonly number[]
  readonly grouping?: readonly string[]
  readonly standaloneEnabled?: boolean
}

function world(given: World = {}): Present {
  const { voters = [1, 2, 3], observers = [], joiners = [], down = [], behind = [], grouping = [] } = given
  const leader = given.leader ?? voters.at(-1)
  const entries = [...voters.map((id) => line(id)), ...observers.map((id) => line(id, 'observer')), ...grouping]
  const seen = [...voters, ...observers, ...joiners].map((id): readonly [number, SeenMember] => {
    const as = id === leader ? 'leader' : observers.includes(id) ? 'observer' : 'follower'
    if (down.includes(id)) return [id, { runs: false, synced: false, as: null }]
    return [id, { ...SEEN, synced: !behind.includes(id), as }]
  })
  return {
    ensemble: 'prod',
    version: 0x100000000n,
    membership: parseMembership(entries),
    seen: new Map(seen),
    retired: new Set(given.retired ?? []),
    standaloneEnabled: given.standaloneEnabled ?? false,
  }
}

const add = (...ids: number[]): Wanted => ({ kind: 'add', servers: ids.map((id) => line(id)) })
const remove = (...ids: number[]): Wanted => ({ kind: 'remove', ids })
const plan = (wanted: Wanted, given: World = {}, ...accept: Acceptable[]) =>
  planReconfig(wanted, world(given), new Set(accept))
const requests = (...args: Parameters<typeof plan>) =>
  plan(...args).requests.map(({ joining, leaving, members }) => ({
    ...(joining === null ? {} : { joining }),
    ...(leaving === null ? {} : { leaving }),
    ...(members === null ? {} : { members }),
  }))

describe('steps and the way back', () => {
  test.each<readonly [string, Wanted, World, readonly object[], string]>([
    ['add one', add(4), { joiners: [4] }, [{ joining: line(4) }], 'zkops reconfig remove 4'],
    [
      'add two at once',
      add(4, 5),
      { joiners: [4, 5] },
      [{ joining: `${line(4)},${line(5)}` }],
      'zkops reconfig remove 4 5',
    ],
    [
      'one more than a lone voter, both at once',
      add(2, 3),
      { voters: [1], joiners: [2, 3] },
      [{ joining: `${line(2)},${line(3)}` }],
      'zkops reconfig remove 2 3',
    ],
    ['remove one of four', remove(1), { voters: [1, 2, 3, 4] }, [{ leaving: '1' }], `zkops reconfig add '${line(1)}'`],
    [
      'remove two of five',
      remove(1, 2),
      { voters: [1, 2, 3, 4, 5] },
      [{ leaving: '1,2' }],
      `zkops reconfig add '${line(1)}' '${line(2)}'`,
    ],
    [
      'replace a dead member by another id, in one request',
      { kind: 'replace', id: 1, by: line(4) },
      { joiners: [4], down: [1] },
      [{ joining: line(4), leaving: '1' }],
      `zkops reconfig replace 4 --with '${line(1)}'`,
    ],
    [
      'an observer becomes a voter by way of removal',
      { kind: 'role', id: 4, role: 'participant' },
      { observers: [4] },
      [{ leaving: '4' }, { joining: line(4) }],
      'zkops reconfig role 4 observer',
    ],
    [
      'at once where its vote is not needed even after a loss',
      { kind: 'role', id: 5, role: 'participant' },
      { voters: [1, 2, 3, 4], observers: [5] },
      [{ joining: line(5) }],
      'zkops reconfig role 5 observer',
    ],
    [
      'a voter becomes an observer',
      { kind: 'role', id: 1, role: 'observer' },
      { voters: [1, 2, 3, 4] },
      [{ joining: line(1, 'observer') }],
      'zkops reconfig role 1 participant',
    ],
    [
      'another port',
      { kind: 'address', server: 'server.1=zk1:2889:3888:participant;0.0.0.0:2181' },
      {},
      [{ joining: 'server.1=zk1:2889:3888:participant;0.0.0.0:2181' }],
      `zkops reconfig address 1 --spec '${line(1)}'`,
    ],
    [
      'scale up',
      { kind: 'scale', voters: 5, joiners: [line(4), line(5), line(6)] },
      { joiners: [4, 5, 6], down: [6] },
      [{ joining: `${line(4)},${line(5)}` }],
      `zkops reconfig apply --servers ${[1, 2, 3].map((id) => `'${line(id)}'`).join(' ')}`,
    ],
    [
      'scale down: the highest ids leave, the leader stays',
      { kind: 'scale', voters: 3, joiners: [] },
      { voters: [1, 2, 3, 4, 5], leader: 5 },
      [{ leaving: '3,4' }],
      `zkops reconfig apply --servers ${[1, 2, 3, 4, 5].map((id) => `'${line(id)}'`).join(' ')}`,
    ],
    [
      'a list in which one moved and one is new: address first, then the rest',
      { kind: 'apply', entries: [line(1, 'participant', 'new1'), line(2), line(3), line(4)] },
      { joiners: [4] },
      [{ joining: line(1, 'participant', 'new1') }, { joining: line(4) }],
      `zkops reconfig apply --servers ${[1, 2, 3].map((id) => `'${line(id)}'`).join(' ')}`,
    ],
    [
      'groups go as a whole',
      { kind: 'apply', entries: [line(1), line(2), line(3), 'group.1=1:2:3', 'weight.3=1'] },
      {},
      [{ members: `${line(1)},${line(2)},${line(3)},group.1=1:2:3,weight.3=1` }],
      `zkops reconfig apply --servers ${[1, 2, 3].map((id) => `'${line(id)}'`).join(' ')}`,
    ],
  ])('%s', (_, wanted, given, steps, undo) => {
    const { refused } = plan(wanted, given)
    expect(refused).toBe(null)
    expect(requests(wanted, given)).toEqual(steps)
    expect(plan(wanted, given).undo).toBe(undo)
  })
})

describe('refusals', () => {
  test.each<readonly [string, Wanted, World, string, string]>([
    ['an id that is no member', remove(9), {}, 'refused.unknown-id', 'server 9 is no member: there are 1, 2, 3'],
    ['a role of one', { kind: 'role', id: 9, role: 'observer' }, {}, 'refused.unknown-id', 'server 9'],
    ['a member again', add(1), {}, 'refused.member', 'as it is'],
    [
      'a member with another line',
      { kind: 'add', servers: [line(1, 'participant', 'other')] },
      {},
      'refused.member',
      'would be replaced without a word',
    ],
    ['the same role', { kind: 'role', id: 1, role: 'participant' }, {}, 'refused.nothing-to-do', 'membership already'],
    ['the same list', { kind: 'apply', entries: [1, 2, 3].map((id) => line(id)) }, {}, 'refused.nothing-to-do', ''],
    ['a used id', add(4), { joiners: [4], retired: [4] }, 'refused.reused-id', 'was used before'],
    ['an id out of range', add(300), { joiners: [300] }, 'refused.id', '1 to 255'],
    ['a joiner that nobody saw', add(4), {}, 'refused.joiner-down', 'was not seen'],
    ['a joiner that is down', add(4), { joiners: [4], down: [4] }, 'refused.joiner-down', 'does not run'],
    ['a joiner that is behind', add(4), { joiners: [4], behind: [4] }, 'refused.joiner-behind', 'not in sync'],
    [
      'no client address',
      { kind: 'add', servers: ['server.4=zk4:2888:3888'] },
      { joiners: [4] },
      'refused.no-client-part',
      '',
    ],
    [
      'an address of another member',
      { kind: 'add', servers: [line(4, 'participant', 'zk1')] },
      { joiners: [4] },
      'refused.shared-address',
      'server 1',
    ],
    [
      'an observer of a list that does not run',
      { kind: 'apply', entries: [line(1), line(2), line(3), line(4, 'observer')] },
      {},
      'refused.joiner-down',
      'server 4 was not seen',
    ],
    ['two voters left', remove(1), {}, 'refused.two-voters', 'there would be two voters'],
    [
      'two voters on the way to one',
      { kind: 'apply', entries: [line(3)] },
      { standaloneEnabled: true },
      'refused.below-two',
      'standaloneEnabled',
    ],
    [
      'the leader',
      remove(3),
      { voters: [1, 2, 3, 4], leader: 3 },
      'refused.leader',
      'server 3 leads and would be removed',
    ],
    [
      'the leader made an observer',
      { kind: 'role', id: 3, role: 'observer' },
      { voters: [1, 2, 3, 4], leader: 3 },
      'refused.leader',
      'made an observer',
    ],
    [
      'the leader moved',
      { kind: 'address', server: line(3, 'participant', 'other') },
      { leader: 3 },
      'refused.leader',
      'would be moved',
    ],
    [
      'one request on groups',
      add(4),
      { joiners: [4], grouping: ['group.1=1:2:3'] },
      'refused.groups',
      'reconfig apply',
    ],
    [
      'a removal while one of those that stay is down',
      remove(1),
      { voters: [1, 2, 3, 4, 5], down: [5], leader: 4 },
      'refused.unsafe',
      'after step 1, losing zk2 stops the ensemble: 3 of 4 voters needed, zk5 does not run',
    ],
  ])('%s', (_, wanted, given, code, why) => {
    const { refused, requests: none, plan: made } = plan(wanted, given)
    expect(refused).toMatchObject({ code, why: expect.stringContaining(why) })
    expect(none).toEqual([])
    expect(made.steps).toEqual([])
  })

  test('some can be accepted', () => {
    expect(requests(remove(3), { voters: [1, 2, 3, 4], leader: 3 }, 'leader')).toEqual([{ leaving: '3' }])
    expect(requests(remove(1), {}, 'two-voters', 'unsafe')).toEqual([{ leaving: '1' }])
    expect(requests(add(4), { joiners: [4], retired: [4] }, 'reused-id')).toEqual([{ joining: line(4) }])
  })

  test('too few joiners, and what is no server line', () => {
    expect(() => plan({ kind: 'scale', voters: 5, joiners: [line(4)] }, { joiners: [4] })).toThrow(
      '2 voters are missing',
    )
    expect(() => plan({ kind: 'add', servers: ['server.4=zk4:x:3888'] })).toThrow('is no member')
  })
})

test('a saved plan can be simulated, and its id is that of its content', async () => {
  const { plan: saved } = plan(add(4), { joiners: [4] })
  expect(saved).toMatchObject({ kind: 'reconfig add', base: { ensemble: 'prod', version: 0x100000000n, down: [] } })
  expect(saved.base.memberships).toEqual([[1, 2, 3].map((id) => line(id)), [1, 2, 3, 4].map((id) => line(id))])
  expect(saved.id).toBe(plan(add(4), { joiners: [4] }).plan.id)
  expect(saved.id).not.toBe(plan(add(5), { joiners: [5] }).plan.id)
})

const WORLD = fc.record({
  voters: fc.integer({ min: 1, max: 7 }),
  observers: fc.integer({ min: 0, max: 2 }),
  joiners: fc.integer({ min: 0, max: 3 }),
  leader: fc.nat(6),
  down: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 2 }),
  behind: fc.array(fc.integer({ min: 1, max: 12 }), { maxLength: 1 }),
  kind: fc.constantFrom('add', 'remove', 'replace', 'role', 'address', 'apply', 'scale'),
  ids: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }),
  count: fc.integer({ min: 1, max: 7 }),
})

test('whatever is not refused is safe at each step, passes no two voters, and leads back', () => {
  let planned = 0
  fc.assert(
    fc.property(WORLD, ({ voters, observers, joiners, leader, down, behind, kind, ids, count }) => {
      const range = (from: number, length: number) => Array.from({ length }, (_, i) => from + i)
      const [first] = ids as [number]
      const given: World = {
        voters: range(1, voters),
        observers: range(voters + 1, observers),
        joiners: range(voters + observers + 1, joiners),
        leader: 1 + (leader % voters),
        ...{ down, behind },
      }
      const present = world(given)
      const joining = given.joiners!.map((id) => line(id))
      const wanted: Wanted =
        kind === 'add'
          ? { kind, servers: ids.map((id) => line(id)) }
          : kind === 'remove'
            ? { kind, ids }
            : kind === 'replace'
              ? { kind, id: first, by: line(ids[1] ?? 12) }
              : kind === 'role'
                ? { kind, id: first, role: count % 2 === 0 ? 'observer' : 'participant' }
                : kind === 'address'
                  ? { kind, server: line(first, present.membership.servers.get(first) ?? 'participant', 'moved') }
                  : kind === 'apply'
                    ? { kind, entries: range(1, count).map((id) => line(id)) }
                    : { kind: 'scale', voters: Math.min(count, voters + joiners), joiners: joining }
      const { refused, requests: steps } = planReconfig(wanted, present)
      if (refused !== null) return
      planned++
      expect(steps.length).toBeGreaterThan(0)
      const memberships = steps.map(({ to }) => to)
      const check = checkPlan({
        from: present.membership,
        steps: memberships.map((to) => ({ kind: 'reconfig', to })),
        down: [...present.seen].filter(([, { runs }]) => !runs).map(([id]) => id),
        behind: [...present.seen].filter(([, { runs, synced }]) => runs && !synced).map(([id]) => id),
        ...{ empty: [], emptyReturns: false },
      })
      expect(check.safe).toBe(true)
      for (const to of memberships) if (voters > 2) expect(votersOf(to).length).not.toBe(2)
      // the way back, when everybody who runs is seen
      const back: Present = { ...present, membership: memberships.at(-1)!, seen: allSeen(present) }
      const everything = new Set<Acceptable>(['leader', 'two-voters', 'reused-id', 'unsafe'])
      const undone = planReconfig({ kind: 'apply', entries: entriesOf(present.membership) }, back, everything)
      expect(entriesOf(undone.requests.at(-1)!.to)).toEqual(entriesOf(present.membership))
    }),
    { numRuns: FULL ? 20_000 : 600, seed: 11 },
  )
  expect(planned).toBeGreaterThan(30)
})

function allSeen({ seen }: Present): Present['seen'] {
  return new Map([...seen].map(([id, { as }]) => [id, { ...SEEN, as: as ?? 'follower' }]))
}
