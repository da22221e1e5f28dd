import { describe, expect, test } from 'vitest'
import type { MemberAnswer } from '../../src/cluster/observe/model.ts'
import { clientsOf } from '../../src/operations/ensemble/top/clients.ts'
import { NO_HISTORY, remembered } from '../../src/operations/ensemble/top/history.ts'
import { type Moment, NO_RATES, ratesBetween } from '../../src/operations/ensemble/top/rates.ts'
import { firstView, pressed, shownMembers, type TopView } from '../../src/operations/ensemble/top/view.ts'
import { topLook, topMember } from '../helpers/top.ts'

const moment = (atMs: number, zxid: bigint | null, metrics: Record<string, number>): Moment => ({
  atMs,
  answer: { zxid, metrics: new Map(Object.entries(metrics)) } as unknown as MemberAnswer,
})

describe('rates', () => {
  test('what happened between two answers, by their own times', () => {
    const before = moment(1000, 0x1_0000_0010n, {
      ...{
        packets_received: 100,
        cnt_readlatency: 10,
        sum_readlatency: 20,
        cnt_updatelatency: 5,
        sum_updatelatency: 50,
      },
    })
    const after = moment(3000, 0x1_0000_0024n, {
      ...{
        packets_received: 150,
        cnt_readlatency: 20,
        sum_readlatency: 30,
        cnt_updatelatency: 10,
        sum_updatelatency: 100,
      },
    })
    expect(ratesBetween(before, after)).toEqual({
      requestsPerS: 25,
      writesPerS: 10,
      timed: { count: 15, totalMs: 60 },
    })
  })

  test('a restarted member, another epoch and an older release tell nothing that is not so', () => {
    const before = moment(0, 0x1_0000_0010n, { packets_received: 100, cnt_readlatency: 9, sum_readlatency: 9 })
    expect(ratesBetween(before, moment(1000, 0x2_0000_0001n, { packets_received: 3, cnt_readlatency: 1 }))).toEqual(
      NO_RATES,
    )
    expect(ratesBetween(before, moment(1000, 0x1_0000_000fn, { packets_received: 101 }))).toEqual({
      ...NO_RATES,
      requestsPerS: 1,
    })
    expect(ratesBetween(before, before)).toEqual(NO_RATES)
    expect(ratesBetween(moment(0, null, {}), moment(1000, 5n, {}))).toEqual(NO_RATES)
  })
})

describe('connections', () => {
  test('are put together by address; rates are those of connections that stayed', () => {
    const at = (address: string, port: number, received: number) => ({ address, port, queued: 1, received })
    const before = [{ member: '1', atMs: 0, connections: [at('a', 1, 10), at('a', 2, 10)] }]
    const now = [
      { member: '2', atMs: 2000, connections: [at('a', 1, 500)] },
      { member: '1', atMs: 2000, connections: [at('a', 1, 30), at('a', 3, 900), at('b', 1, 4)] },
    ]
    expect(clientsOf(before, now)).toEqual([
      { address: 'a', connections: 3, members: ['1', '2'], queued: 3, requestsPerS: 10 },
      { address: 'b', connections: 1, members: ['1'], queued: 1, requestsPerS: null },
    ])
  })
})

test('the history never grows beyond what a screen shows, and forgets members that are gone', () => {
  let history = NO_HISTORY
  for (let i = 0; i < 5000; i++) {
    history = remembered(
      history,
      topLook({ requestsPerS: i, members: [topMember({ id: (i % 50) + 1, requestsPerS: i })] }),
    )
  }
  expect(history.requests).toHaveLength(240)
  expect(history.requests.at(-1)).toBe(4999)
  expect([...history.members.keys()]).toEqual(['50'])
})

describe('keys', () => {
  const ROOM = { page: 10, beyond: 25 }
  const then = (keys: readonly string[], from: Partial<TopView> = {}) =>
    keys.reduce((view, key) => pressed(view, key, ROOM), {
      ...firstView({ sort: 'id', filter: '', clients: true }),
      ...from,
    })

  test.each<[readonly string[], Partial<TopView>]>([
    [['q'], { quit: true }],
    [['s'], { sort: 'requests' }],
    [['s', 's', 's', 's', 's', 's'], { sort: 'id' }],
    [['r'], { reversed: true }],
    [['p'], { paused: true }],
    [[' ', 'p'], { paused: false }],
    [['c'], { clients: false }],
    [['h'], { help: true }],
    [['?', 'escape'], { help: false }],
    [['down', 'j', 'up'], { scroll: 1 }],
    [['pageDown', 'pageDown', 'pageDown'], { scroll: 25 }],
    [['end', 'up'], { scroll: 24 }],
    [['pageUp'], { scroll: 0 }],
    [['/', 'z', 'k', '1', 'enter'], { filter: 'zk1', typing: false }],
    [['/', 'q', 's', 'p'], { filter: 'qsp', typing: true, quit: false, paused: false }],
    [['/', 'a', 'b', 'backspace', 'left', 'é'], { filter: 'a', typing: true }],
    [['/', 'a', 'escape'], { filter: '', typing: false }],
    [['/', 'a', 'enter', 'escape'], { filter: '' }],
    [['x', 'left', 'F1'], { quit: false, sort: 'id' }],
  ])('%j', (keys, expected) => {
    expect(then(keys)).toMatchObject(expected)
  })

  test('a filter does not grow without end', () => {
    expect(then(['/', ...Array.from({ length: 500 }, () => 'a')]).filter).toHaveLength(40)
  })

  test('members are sorted and filtered', () => {
    const members = [
      topMember({ id: 1, host: 'zk1', requestsPerS: 5, state: 'following' }),
      topMember({ id: 2, host: 'zk2', requestsPerS: null, state: 'down' }),
      topMember({ id: 3, host: 'zk3', requestsPerS: 50, state: 'leading' }),
    ]
    const ids = (view: Partial<TopView>) => shownMembers(members, { ...then([]), ...view }).map(({ id }) => id)
    expect(ids({})).toEqual([1, 2, 3])
    expect(ids({ sort: 'requests' })).toEqual([3, 1, 2])
    expect(ids({ sort: 'requests', reversed: true })).toEqual([2, 1, 3])
    expect(ids({ filter: 'LEAD' })).toEqual([3])
    expect(ids({ filter: 'zk' })).toEqual([1, 2, 3])
    expect(ids({ filter: 'nobody' })).toEqual([])
  })
})
