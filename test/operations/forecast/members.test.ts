import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Overview } from '../../../src/operations/ensemble/overview.ts'
import { fromMembers } from '../../../src/operations/forecast/from-members.ts'
import { type HealthState, type TrendPoint, writeHealthState } from '../../../src/operations/health/state.ts'
import { nextTrend } from '../../../src/operations/health/trend.ts'
import { fakeMember, fakeWords } from '../../helpers/fake-member.ts'

const HOUR = 3_600_000
let stage: string
beforeAll(() => {
  stage = mkdtempSync(join(tmpdir(), 'zkops-forecast-members-'))
})
afterAll(() => rmSync(stage, { recursive: true }))

const LINES = ['server.1=127.0.0.1:2888:3888:participant;127.0.0.1:PORT', 'version=100000000']
const hex = (zxid: bigint) => `0x${zxid.toString(16)}`

/** A leader with a tree of this size, at this zxid. */
async function leader(zxid: bigint, dataBytes: number, znodes: number) {
  const words = fakeWords({ id: 1, mode: 'leader', zxid: hex(zxid), membership: LINES })
  const numbers = { zk_server_state: 'leader', zk_znode_count: znodes, zk_approximate_data_size: dataBytes }
  const mntr = Object.entries(numbers).map(([name, value]) => `${name}\t${value}\n`)
  return fakeMember({ kind: 'words', words: { ...words, mntr: mntr.join('') } })
}

function state(target: string, trend: readonly TrendPoint[]): Omit<HealthState, 'form'> {
  const at = new Date(Date.now() - 60_000).toISOString()
  return { target, at, leader: 1, leaderChanges: [], voters: 1, members: {}, places: {}, breaches: {}, trend }
}

const look = (connect: string, file: string | undefined, intervalMs?: number) =>
  fromMembers({ connect, timeoutMs: 2000, state: file, intervalMs, signal: new AbortController().signal })

describe('from the state of checks', () => {
  test('a tree and a zxid that grew for days', async () => {
    // 20 hours, 100,000 transactions and 10 MB an hour
    const epoch = 7n << 32n
    const at = (hour: number) => ({ counter: 1_000_000 + hour * 100_000, dataBytes: 1e9 + hour * 1e7 })
    const now = at(48)
    await using server = await leader(epoch | BigInt(now.counter), now.dataBytes, 100_000)
    const connect = `127.0.0.1:${server.port}`
    const file = join(stage, 'state.json')
    const trend = Array.from({ length: 48 }, (_, hour): TrendPoint => {
      const { counter, dataBytes } = at(hour)
      const numbers = { approximate_data_size: dataBytes, znode_count: 100_000, counter, epoch: 7 }
      return { at: new Date(Date.now() - (48 - hour) * HOUR).toISOString(), members: { 1: numbers } }
    })
    await writeHealthState(file, state(connect, trend))
    const seen = await look(connect, file)
    expect(seen.kind).toBe('state')
    const zxid = seen.given.find(({ what }) => what === 'zxid')!
    expect(zxid.trend).toMatchObject({ confidence: 'high' })
    expect(zxid.trend!.perDay / 2_400_000).toBeCloseTo(1, 2)
    const sync = seen.given.find(({ what }) => what === 'init-limit')!
    // 240 MB a day: 1.92 s to send and 3 s to write
    expect(sync.trend!.perDay / 4920).toBeCloseTo(1, 2)
    expect(sync.limit).toBeCloseTo(20_000 / 1.5)
    expect(seen.unseen.map(({ what }) => what)).toEqual(['heap', 'sequence', 'disk'])
    // somebody else's state says nothing
    await writeHealthState(file, state('other:2181', trend))
    expect((await look(connect, file, 1100)).kind).toBe('samples')
  })
})

test('by looking twice, and nobody there', async () => {
  await using server = await leader((7n << 32n) | 5n, 1000, 10)
  const seen = await look(`127.0.0.1:${server.port}`, undefined, 1100)
  expect(seen).toMatchObject({ kind: 'samples', answered: true, basis: { points: 2 } })
  expect(seen.given.find(({ what }) => what === 'zxid')).toMatchObject({ value: 5, trend: { perDay: 0 } })
  const nobody = await look('127.0.0.1:1', undefined, 10)
  expect(nobody).toMatchObject({ answered: false, given: [], basis: null })
})

test('a state keeps a point an hour, for a week, and begins anew when a clock goes back', () => {
  const overview = (atMs: number) => ({ at: new Date(atMs), members: [] }) as unknown as Overview
  let before: HealthState | null = null
  const run = (atMs: number) => {
    before = { trend: nextTrend(overview(atMs), before) } as unknown as HealthState
    return before.trend!.length
  }
  const start = Date.parse('2026-11-26T00:00:00Z')
  expect(run(start)).toBe(1)
  expect(run(start + HOUR - 1)).toBe(1)
  expect(run(start + HOUR)).toBe(2)
  expect(run(start - HOUR)).toBe(1)
  for (let hour = 0; hour < 400; hour++) run(start + hour * HOUR)
  expect(before!.trend).toHaveLength(168)
})
