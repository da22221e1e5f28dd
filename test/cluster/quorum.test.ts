import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseMembership } from '../../src/cluster/membership.ts'
import {
  disjointQuorums,
  idsOf,
  membersOf,
  quorumSystem,
  survives,
  universeOf,
  votersOf,
} from '../../src/cluster/quorum.ts'
import { runJava } from '../helpers/oracle.ts'

const FULL = process.env.ZKOPS_TEST_FULL !== undefined
const parse = (list: string) => parseMembership(list.split(','))

/** Random servers, some of them observers, in groups of random weights or in none. */
const MEMBERSHIP = fc
  .record({
    count: fc.integer({ min: 1, max: 8 }),
    observers: fc.integer({ min: 0, max: 255 }),
    groups: fc.integer({ min: 0, max: 4 }),
    seeds: fc.array(fc.tuple(fc.nat(99), fc.nat(4)), { minLength: 8, maxLength: 8 }),
  })
  .map(({ count, observers, groups, seeds }) => {
    const ids = Array.from({ length: count }, (_, i) => i + 1)
    const observes = (id: number) => id > 1 && (observers >> (id - 1)) % 4 === 1
    const servers = ids.map((id) => (observes(id) ? `${id}:observer` : `${id}`))
    if (groups === 0) return servers
    const inGroup = (group: number) => ids.filter((id) => seeds[id - 1]![0] % groups === group)
    const lines = Array.from({ length: groups }, (_, group) => group).filter((group) => inGroup(group).length > 0)
    return [
      ...servers,
      ...lines.map((group) => `group.${group + 1}=${inGroup(group).join(':')}`),
      // a server with no weight in a group must be a voter
      ...ids.filter((id) => observes(id) || id % 2 === 0).map((id) => `weight.${id}=${seeds[id - 1]![1]}`),
    ]
  })

test.each(FULL ? ['3.5.10', '3.6.4', '3.7.2', '3.8.6', '3.9.5'] : ['3.5.10', '3.9.5'])(
  'quorums are those of the classes of %s',
  async (version) => {
    const cases = fc.sample(MEMBERSHIP, { numRuns: FULL ? 3000 : 300, seed: 9 })
    const lines = cases.map((entries) =>
      entries
        .map((entry) => {
          const server = /^(\d+)(:observer)?$/.exec(entry)
          return server === null ? entry : `server.${server[1]}=127.0.0.1:1:2${server[2] ?? ''};3`
        })
        .join(' '),
    )
    const output = await runJava(version, 'QuorumOracle', [], `${lines.join('\n')}\n`)
    const expected = output.split('\n').filter((line) => /^[01]+$/.test(line))
    const found = cases.map((entries) => {
      const membership = parseMembership(entries)
      const universe = universeOf([membership])
      const { isQuorum } = quorumSystem(membership, universe)
      const voters = votersOf(membership)
      return Array.from({ length: 1 << voters.length }, (_, bits) =>
        isQuorum(
          membersOf(
            universe,
            voters.filter((_, i) => (bits >> i) & 1),
          ),
        )
          ? '1'
          : '0',
      ).join('')
    })
    expect(found).toEqual(expected)
  },
)

describe('old and new quorums always intersect', () => {
  test.each([
    ['1,2,3', '1,2,3,4', true],
    ['1,2,3,4', '1,2,3,4,5', true],
    ['1,2,3,4,5', '1,2,3,4', true],
    ['1,2,3,4', '1,2,3', true],
    ['1', '1,2', true],
    ['1,2', '1,2,3', true],
    ['1,2,3', '1,2,3,4:observer', true],
    ['1,2,3', '1,2,3,4,5', false],
    ['1,2,3,4,5', '1,2,3', false],
    ['1,2,3', '1,2,4', false],
    ['1,2,3,4,5', '1,2,3,4,6', false],
    ['1', '1,2,3', false],
    ['1,2,3', '1,2,3,group.1=1:2:3,weight.1=0,weight.2=0', false],
  ])('%s and %s: %s', (from, to, always) => {
    const memberships = [parse(from), parse(to)]
    const universe = universeOf(memberships)
    const [a, b] = memberships.map((one) => quorumSystem(one, universe))
    const found = disjointQuorums(a!, b!)
    expect(found === undefined).toBe(always)
    if (found === undefined) return
    expect(found[0] & found[1]).toBe(0)
    expect([a!.isQuorum(found[0]), b!.isQuorum(found[1])]).toEqual([true, true])
  })
})

test.each([
  ['1', 0],
  ['1,2', 0],
  ['1,2,3', 1],
  ['1,2,3,4', 1],
  ['1,2,3,4,5', 2],
  ['1,2,3,4:observer,5:observer', 1],
  // two of three sites, two of three in each: the second loss in each of two sites is too much
  ['1,2,3,4,5,6,7,8,9,group.1=1:2:3,group.2=4:5:6,group.3=7:8:9', 3],
  ['1,2,3,group.1=1:2:3,weight.3=5', 0],
])('%s survives %i', (list, most) => {
  const membership = parse(list)
  const universe = universeOf([membership])
  const system = quorumSystem(membership, universe)
  expect(survives([system], system.voters)).toBe(most)
  expect(idsOf(universe, system.voters)).toEqual(votersOf(membership))
})

test.each([
  ['', ' is no member'],
  ['1:observer', 'there is no voter'],
  ['1,1', 'server 1 is named twice'],
  ['one', 'one is no member'],
  ['1=zk1:x:3888', 'is no member'],
  ['1,2,group.1=1', 'server 2 is in no group'],
  ['1,2,group.1=1:2,group.2=2', 'a server is in two groups'],
  ['1,2,weight.1=0', 'there are weights, but no groups'],
  ['99999999999999999999', 'is no id of a server'],
])('%j is no membership', (list, message) => {
  expect(() => parse(list)).toThrow(message)
})

test('more members than can be checked are refused', () => {
  const many = parse(Array.from({ length: 21 }, (_, i) => i + 1).join(','))
  expect(() => universeOf([many])).toThrow('21 members are more than can be checked')
})
