import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readlinkSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { ObservedMember } from '../../../src/cluster/observe/model.ts'
import { statusOf, timesOf } from '../../../src/operations/health/canary/judge.ts'
import { CANARY_LIMITS, canaryLimits } from '../../../src/operations/health/canary/limits.ts'
import { canaryNote, isOfDeadCanary, PARENT_MARK } from '../../../src/operations/health/canary/note.ts'
import { type CanaryParent, removeLeftOvers, removeParent } from '../../../src/operations/health/canary/parent.ts'
import type { CanaryResult } from '../../../src/operations/health/canary/run.ts'
import { canaryMember, percentilesOf, type Tried } from '../../../src/operations/health/canary/trial.ts'
import { limitsFrom } from '../../../src/operations/health/limits.ts'
import { canaryText } from '../../../src/render/health-canary.ts'
import { canaryNagios } from '../../../src/render/health-nagios.ts'
import { createStyle } from '../../../src/render/style.ts'
import { processIdentity } from '../../../src/support/process-identity.ts'
import { expectValid } from '../../helpers/schema.ts'

const NO_FLAGS = { warn: [], critical: [] }

test('percentiles by nearest rank, of one value and of many', () => {
  expect(percentilesOf([7.004])).toEqual({ p50: 7, p95: 7, p99: 7, max: 7 })
  const many = Array.from({ length: 200 }, (_, i) => 200 - i)
  expect(percentilesOf(many)).toEqual({ p50: 100, p95: 190, p99: 198, max: 200 })
})

describe('limits', () => {
  test('its own, those of the inventory, those of the command line', () => {
    expect(canaryLimits({}, NO_FLAGS)).toEqual(CANARY_LIMITS)
    const inventory = {
      'canary-create': { warn: 10 },
      'canary-read-p99': { critical: null },
      'avg-latency': { warn: 1 },
    }
    const limits = canaryLimits(inventory, { warn: ['create=20ms', 'delete=off'], critical: ['create=1s'] })
    expect(limits.get('create')).toEqual({ warn: 20, critical: 1000 })
    expect(limits.get('delete')).toEqual({ warn: null, critical: null })
    expect(limits.get('read-p99')).toEqual({ warn: 100, critical: null })
  })

  test('names that are none, and health check leaves those of the canary alone', () => {
    expect(() => canaryLimits({}, { warn: ['creat=5'], critical: [] })).toThrow(/no limit called creat/)
    expect(() => canaryLimits({ 'canary-x': { warn: 1 } }, NO_FLAGS)).toThrow(/no limit called x/)
    expect(() => limitsFrom({ 'canary-create': { warn: 10 } }, NO_FLAGS)).not.toThrow()
  })
})

describe('whose znode it is', () => {
  const machine = {
    boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
    namespace: readlinkSync('/proc/self/ns/pid'),
  }
  const note = (process: object | null) => Buffer.from(JSON.stringify({ by: String(PARENT_MARK), process }))

  test('a process that runs is not dead, and one that has ended is', async () => {
    expect(isOfDeadCanary(canaryNote('made'))).toBe(false)
    const child = spawn('sleep', ['60'])
    const identity = processIdentity(child.pid!)!
    expect(isOfDeadCanary(note({ ...machine, ...identity }))).toBe(false)
    child.kill('SIGKILL')
    await once(child, 'close')
    expect(isOfDeadCanary(note({ ...machine, ...identity }))).toBe(true)
    // its pid has another process now
    expect(isOfDeadCanary(note({ ...machine, pid: process.pid, startedAt: '1' }))).toBe(true)
  })

  test.each([
    ['another machine', note({ ...machine, boot: 'other', pid: 1, startedAt: '1' })],
    ['another container', note({ ...machine, namespace: 'pid:[1]', pid: 1, startedAt: '1' })],
    ['no process', note(null)],
    ['a pid that is none', note({ ...machine, pid: '../1', startedAt: '1' })],
    [
      'somebody else',
      Buffer.from(JSON.stringify({ by: 'me', process: { ...machine, pid: 4_000_000, startedAt: '1' } })),
    ],
    ['no JSON', Buffer.from([0xff, 0])],
    ['JSON null', Buffer.from('null')],
    ['no data', null],
  ])('%s cannot be proved to be dead', (_what, data) => {
    expect(isOfDeadCanary(data)).toBe(false)
  })

  test('what is not ours is neither read nor deleted', async () => {
    const deleted: string[] = []
    const dead = note({ ...machine, pid: process.pid, startedAt: '1' })
    const values: Readonly<Record<string, Buffer | null>> = {
      '/c': Buffer.from('mine'),
      '/c/canary-0123456789ab-1': dead,
      '/c/canary-0123456789ac-1': canaryNote('made'),
      '/c/canary-x': dead,
      '/c/lock': dead,
    }
    const session = {
      sync: async () => {},
      exists: async () => ({ numChildren: 4 }),
      children: async () => ({
        names: Object.keys(values)
          .slice(1)
          .map((path) => path.slice(3)),
      }),
      read: async (path: string) => ({ data: values[path] ?? null, stat: { version: 3 } }),
      delete: async (path: string, version: number) => void deleted.push(`${path} ${version}`),
    }
    const parent: CanaryParent = { path: '/c', container: false }
    expect(await removeLeftOvers(session as never, parent)).toBe(1)
    expect(deleted).toEqual(['/c/canary-0123456789ab-1 3'])
    expect(await removeParent(session as never, parent)).toBe('not-ours')
    expect(deleted).toHaveLength(1)
    expect(
      await removeParent(
        { ...session, read: async () => ({ data: PARENT_MARK, stat: { version: 0 } }) } as never,
        parent,
      ),
    ).toBe('gone')
    expect(deleted).toEqual(['/c/canary-0123456789ab-1 3', '/c 0'])
  })
})

const member = (id: number): ObservedMember => ({
  place: { id, host: '10.0.0.1', clientPort: 2180 + id, securePort: null, admin: null, role: 'participant' },
  answer: { state: id === 2 ? 'leading' : 'following', version: '3.9.5' } as ObservedMember['answer'],
  failures: [],
})
const round = (ms: number) => ({ create: ms, read: ms / 2, watch: ms + 1, delete: ms * 2 })
const tried = (id: number, ms: readonly number[]): Tried => ({
  ...{ member: member(id), held: null, connectMs: 20.004, failure: null, reader: member((id % 3) + 1) },
  rounds: ms.map(round),
})

function result(many: boolean): CanaryResult {
  const times = many ? [1, 2, 3, 400] : [4.126]
  const members = [
    canaryMember(tried(1, times), many),
    canaryMember(
      tried(
        2,
        times.map((ms) => ms / 2),
      ),
      many,
    ),
  ]
  const down = { ...members[0]!, id: 3, clientPort: 2183, state: 'down', ok: false, reason: 'ECONNREFUSED' } as const
  const none = { connectMs: null, createMs: null, readMs: null, watchMs: null, deleteMs: null, reader: null }
  const finding = {
    code: 'canary.not-serving',
    severity: 'error',
    message: 'ECONNREFUSED',
    member: '3',
    remedy: 'Start it.',
  } as const
  return {
    ...{ ensemble: 'prod', at: '2026-11-26T02:00:00.000Z', tookMs: 90, status: 'critical', parent: '/zkops-canary' },
    ...{ verdict: many ? 'fail' : null, rounds: times.length, findings: [finding] },
    members: [...members, { ...down, ...none, rounds: 0, performance: null }],
    metrics: [{ name: 'create', member: 1, host: '10.0.0.1:2181', value: 4.13, unit: 'ms', warn: 500, critical: null }],
  }
}

const PLAIN = createStyle({ color: false, unicode: true })

test('text, once: within 80 columns', () => {
  expect(canaryText(result(false), PLAIN)).toBe(`\
prod: CRITICAL: 2 of 3 members passed
error canary.not-serving: ECONNREFUSED (server 3)
  remedy: Start it.
id  host           state      create    read   watch  delete  seen by
1   10.0.0.1:2181  following  4.1 ms  2.1 ms  5.1 ms  8.3 ms  2
2   10.0.0.1:2182  leading    2.1 ms  1.0 ms  3.1 ms  4.1 ms  3
3   10.0.0.1:2183  down            -       -       -       -  -
`)
})

test('text with --performance: within 80 columns', () => {
  const text = canaryText(result(true), PLAIN)
  expect(text).toBe(`\
prod: FAIL: 2 of 3 members passed
error canary.not-serving: ECONNREFUSED (server 3)
  remedy: Start it.
id  host           step    rounds     p50     p95     p99     max
1   10.0.0.1:2181  create       4  2.0 ms  400 ms  400 ms  400 ms
                   read         4  1.0 ms  200 ms  200 ms  200 ms
                   watch        4  3.0 ms  401 ms  401 ms  401 ms
                   delete       4  4.0 ms  800 ms  800 ms  800 ms
2   10.0.0.1:2182  create       4  1.0 ms  200 ms  200 ms  200 ms
                   read         4  0.5 ms  100 ms  100 ms  100 ms
                   watch        4  2.0 ms  201 ms  201 ms  201 ms
                   delete       4  2.0 ms  400 ms  400 ms  400 ms
3   10.0.0.1:2183  -            0       -       -       -       -
`)
})

test('Nagios, schema, and the names of its times', async () => {
  expect(canaryNagios(result(false))).toBe(
    "ZOOKEEPER CRITICAL: canary: 2 of 3 members passed - server 3: ECONNREFUSED | 'create_1'=4.13ms;500;;0;\nerror canary.not-serving: server 3: ECONNREFUSED\n",
  )
  for (const many of [false, true]) {
    await expectValid('health-canary', result(many))
    for (const [name] of result(many).members.flatMap(timesOf)) expect(CANARY_LIMITS.has(name)).toBe(true)
  }
})

test('the status: unknown only when nothing could be tried', () => {
  const members = result(false).members
  const barred = { code: 'canary.not-allowed', severity: 'warning', message: '' } as const
  expect(statusOf(members, [])).toBe('ok')
  expect(statusOf(members, [barred])).toBe('warning')
  expect(statusOf([members[2]!], [barred])).toBe('unknown')
  expect(statusOf(members, [{ ...barred, code: 'canary.failed', severity: 'error' }])).toBe('critical')
})
