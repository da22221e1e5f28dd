import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { observeEnsemble } from '../../src/cluster/observe/ensemble.ts'
import { isMember } from '../../src/cluster/observe/from-admin.ts'
import { type MemberPlace, stateOf } from '../../src/cluster/observe/model.ts'
import { checkHealth } from '../../src/operations/health/check.ts'
import { type FakeBehaviour, type FakeMember, fakeMember, fakeWords } from '../helpers/fake-member.ts'
import { FULL } from '../helpers/fixtures.ts'

const place = (port: number, admin: number | null = null, id: number | null = null): MemberPlace => ({
  ...{ id, host: '127.0.0.1', clientPort: port, securePort: null, role: null },
  admin: admin === null ? null : { host: '127.0.0.1', port: admin },
})
const ask = (places: readonly MemberPlace[], timeoutMs = 600) => observeEnsemble(places, { timeoutMs, tls: null })

const GOOD = { kind: 'words', words: fakeWords({ id: 1, mode: 'standalone', zxid: '0x5' }) } as const

const BAD: readonly (readonly [string, FakeBehaviour, RegExp])[] = [
  ['never answers', { kind: 'silent' }, /did not answer srvr within/],
  ['speaks garbage', { kind: 'garbage', bytes: randomBytes(4000) }, /answers srvr with something else/],
  ['closes at once', { kind: 'garbage', bytes: Buffer.alloc(0) }, /closes without an answer/],
  ['does not stop', { kind: 'endless' }, /does not stop answering|did not answer/],
  ['stops half-way', { kind: 'half', text: GOOD.words.srvr!.slice(0, 60) }, /did not answer srvr within/],
]

test.each(BAD)('a port that %s is down in time, and delays nobody', async (_what, behaviour, reason) => {
  await using bad = await fakeMember(behaviour)
  await using good = await fakeMember(GOOD)
  const started = performance.now()
  const { members } = await ask([place(bad.port), place(good.port)])
  expect(performance.now() - started).toBeLessThan(1200)
  const down = members.find(({ place: { clientPort } }) => clientPort === bad.port)!
  expect(down.answer).toBeNull()
  expect(down.failures.at(-1)?.message).toMatch(reason)
  const up = members.find(({ place: { clientPort } }) => clientPort === good.port)!
  expect(up.answer).toMatchObject({ state: 'standalone', zxid: 5n, version: '3.9.5', via: '4lw' })
})

test('an AdminServer of another server is not believed, and one that hangs costs a third of the time', async () => {
  const other = { command: 'configuration', error: null, server_id: 9, client_port: 1 }
  const body = `HTTP/1.1 200 OK\r\n\r\n${JSON.stringify(other)}`
  await using lying = await fakeMember({ kind: 'garbage', bytes: Buffer.from(body) })
  await using hanging = await fakeMember({ kind: 'silent' })
  await using good = await fakeMember(GOOD)
  const { members: first } = await ask([place(good.port, lying.port, 1)])
  expect(first[0]!.answer?.via).toBe('4lw')
  expect(first[0]!.failures).toMatchObject([{ source: 'admin', code: 'server.other' }])
  const started = performance.now()
  const { members: second } = await ask([place(good.port, hanging.port, 1)])
  expect(second[0]!.answer?.via).toBe('4lw')
  expect(performance.now() - started).toBeGreaterThan(190)
  expect(performance.now() - started).toBeLessThan(500)
})

test('at the usual port of AdminServers the same id is not enough: another ensemble may have one, too', () => {
  const at = (port: number, clientPort: number | null) => ({ ...place(2181, port, 3), clientPort })
  expect(isMember(at(8080, 2181), { id: 3, clientPort: 2182 })).toBe(false)
  expect(isMember(at(8080, 2181), { id: 4, clientPort: 2181 })).toBe(true)
  expect(isMember(at(8080, 2181), { id: 3, clientPort: null })).toBe(true)
  // nobody tells its client port: who answers there has to show the port of its peers
  expect(isMember(at(8080, null), { id: 3, clientPort: 2182 })).toBe(false)
  const line = { ...at(8080, null), quorumPort: 2890 }
  expect(isMember(line, { id: 3, clientPort: 2182, quorumPorts: [2888] })).toBe(false)
  expect(isMember(line, { id: 3, clientPort: 2182, quorumPorts: [2888, 2890] })).toBe(true)
  expect(isMember(line, { id: 4, clientPort: 2182, quorumPorts: [2890] })).toBe(false)
  // clients come with TLS only, and it does not tell at which port
  expect(isMember({ ...at(8080, null), securePort: 2281 }, { id: 3, clientPort: null })).toBe(true)
  // written down somewhere: the client port may be mapped
  expect(isMember(at(9000, 2181), { id: 3, clientPort: 2182 })).toBe(true)
})

test('members that nobody named are found by the configuration of one, and must be who they should be', async () => {
  const ports: number[] = []
  const membership = () => ports.map((port, i) => `server.${i + 1}=127.0.0.1:2${i}:3${i}:participant;127.0.0.1:${port}`)
  const words = (id: number) => ({
    get words() {
      const lines = [...membership(), 'version=100000000']
      return fakeWords({ id, mode: id === 1 ? 'leader' : 'follower', zxid: '0x100000009', membership: lines })
    },
    kind: 'words' as const,
  })
  await using one = await fakeMember(words(1))
  await using two = await fakeMember(words(2))
  await using impostor = await fakeMember(words(7))
  ports.push(one.port, two.port, impostor.port)
  const { members, membership: told } = await ask([place(two.port)])
  expect(members.map(({ place: { id }, answer }) => [id, answer?.state ?? 'down'])).toEqual([
    [1, 'leading'],
    [2, 'following'],
    [3, 'down'],
  ])
  expect(members[2]!.failures.at(-1)?.message).toContain('answers as server 7')
  expect(told?.version).toBe(0x1_0000_0000n)
})

test('a member at a guessed port that says it is another one is not seen; at a written one it is that other one', async () => {
  await using other = await fakeMember({ kind: 'words', words: fakeWords({ id: 7, mode: 'follower', zxid: '0x5' }) })
  const written = { ...place(other.port), id: 3 }
  const { members } = await ask([{ ...written, guessed: true }, written])
  expect(members.map((member) => [stateOf(member), member.answer?.id])).toEqual([
    ['unknown', undefined],
    ['following', 7],
  ])
  const nowhere = { ...place(1), id: 2, clientPort: null }
  const { members: others } = await ask([nowhere, { ...place(1), id: 3, guessed: true }])
  expect(others.map(stateOf)).toEqual(['unknown', 'down'])
  expect(others[0]!.failures.at(-1)?.message).toContain('client port of server 2 is not known')
})

test('where only srvr is allowed, it is said what is not seen', async () => {
  const { srvr } = GOOD.words
  await using member = await fakeMember({ kind: 'words', words: { srvr: srvr! } })
  const { members } = await ask([place(member.port)])
  expect(members[0]!.answer?.blind.map(({ setting }) => setting)).toEqual([
    '4lw.commands.whitelist=srvr,mntr,conf',
    '4lw.commands.whitelist=srvr,mntr,conf',
  ])
})

test('fifty members are asked in the time of one', async () => {
  const fakes: FakeMember[] = []
  for (let id = 1; id <= 50; id++) {
    const words = fakeWords({ id, mode: id === 1 ? 'leader' : 'follower', zxid: '0x100000009' })
    fakes.push(await fakeMember(id === 50 ? { kind: 'silent' } : { kind: 'words', words }))
  }
  const { members, tookMs } = await ask(
    fakes.map(({ port }) => place(port)),
    2000,
  )
  expect(members.filter(({ answer }) => answer !== null)).toHaveLength(49)
  expect(tookMs).toBeLessThan(3000)
  for (const fake of fakes) await fake[Symbol.asyncDispose]()
})

test('a thousand checks leave no socket, no timer and no memory behind', async () => {
  await using member = await fakeMember(GOOD)
  await using silent = await fakeMember({ kind: 'silent' })
  const folder = mkdtempSync(join(tmpdir(), 'zkops-leak-'))
  const connect = `127.0.0.1:${member.port}`
  const lists = { warn: [], critical: [], only: [], skip: [] }
  const options = { ...lists, connect, state: join(folder, 'state.json'), server: undefined, local: false, splayMs: 0 }
  const { signal } = new AbortController()
  const check = async (times: number) => {
    for (let i = 0; i < times; i++) await checkHealth({ ...options, timeoutMs: 500, signal })
  }
  const heap = () => {
    globalThis.gc?.()
    return process.memoryUsage().heapUsed
  }
  await check(50)
  const resources = process.getActiveResourcesInfo().length
  const before = heap()
  await check(FULL ? 1000 : 150)
  await checkHealth({ ...options, connect: `${connect},127.0.0.1:${silent.port}`, timeoutMs: 300, signal })
  // sockets of the fake's side end a moment later
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(process.getActiveResourcesInfo().length).toBeLessThanOrEqual(resources + 10)
  expect(heap() - before).toBeLessThan(64 << 20)
  expect(readdirSync(folder)).toEqual(['state.json'])
  rmSync(folder, { recursive: true })
}, 300_000)

test('who was met before is believed only of a member that does not say who it is', async () => {
  const text = 'This ZooKeeper instance is not currently serving requests\n'
  await using looking = await fakeMember({ kind: 'words', words: { srvr: text, mntr: text, conf: text } })
  await using moved = await fakeMember(GOOD)
  const met = {
    [`127.0.0.1:${looking.port}`]: { id: 3, role: 'observer' as const },
    [`127.0.0.1:${moved.port}`]: { id: 9, role: null },
  }
  const options = { timeoutMs: 600, tls: null, met }
  const { members } = await observeEnsemble([place(looking.port), place(moved.port)], options)
  expect(members.map(({ place: { id, role }, answer }) => [id ?? answer?.id, role])).toEqual([
    [1, null],
    [3, 'observer'],
  ])
})
