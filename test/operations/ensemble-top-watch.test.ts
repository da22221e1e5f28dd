import { expect, test } from 'vitest'
import { type TopLook, type TopOptions, watchTop } from '../../src/operations/ensemble/top/watch.ts'
import { watchStatus } from '../../src/operations/ensemble/watch.ts'
import { type FakeMember, fakeMember, fakeWords } from '../helpers/fake-member.ts'
import { expectValid } from '../helpers/schema.ts'

const connectOf = (...members: readonly FakeMember[]) => members.map(({ port }) => `127.0.0.1:${port}`).join(',')

function options(connect: string, more: Partial<TopOptions> = {}): TopOptions {
  return { connect, timeoutMs: 1500, everyMs: 200, mostConnections: 1000, wantsClients: () => true, ...more }
}

async function looks(given: TopOptions): Promise<readonly TopLook[]> {
  const all: TopLook[] = []
  for await (const { look } of watchTop(given, new AbortController().signal)) all.push(look)
  return all
}

const CONS = ' /10.0.0.7:40122[1](queued=0,recved=12,sent=12,sid=0x1,lop=PING)\n'

const leader = () =>
  fakeMember({ kind: 'words', words: { ...fakeWords({ id: 1, mode: 'leader', zxid: '0x100000005' }), cons: CONS } })
const follower = () => fakeMember({ kind: 'words', words: fakeWords({ id: 2, mode: 'follower', zxid: '0x100000005' }) })

test('a member that hangs keeps its row, and the others go on', async () => {
  await using one = await leader()
  await using two = await follower()
  await using hung = await fakeMember({ kind: 'silent' })
  const started = performance.now()
  const seen = await looks(options(connectOf(one, two, hung), { count: 8 }))
  // eight looks with a pause of 200 ms between their beginnings
  expect(performance.now() - started).toBeLessThan(8 * 400 + 1000)
  for (const look of seen) await expectValid('ensemble-top', look)
  const states = seen.at(-1)!.members.map(({ id, state }) => `${id}:${state}`)
  expect(states).toEqual(['1:leading', '2:following', 'null:down'])
  expect(seen.at(-1)!.members.map(({ reason }) => reason)[2]).toMatch(/did not answer|has not answered/)
  expect(seen[0]!.requestsPerS).toBeNull()
  expect(seen[1]!.requestsPerS).toBe(0)
  expect(seen.at(-1)!.clients).toEqual([
    { address: '10.0.0.7', connections: 1, members: ['1'], queued: 0, requestsPerS: 0 },
  ])
  expect(seen.at(-1)!.clientsMissing.map(({ member, why }) => [member, why])).toEqual([
    [`127.0.0.1:${hung.port}`, 'not-told'],
    ['2', 'not-told'],
  ])
})

test('a member that begins to hang is shown as it was, with the age of that, until its time is over', async () => {
  await using one = await leader()
  let hung: FakeMember | undefined
  let two: FakeMember | undefined = await follower()
  const { port } = two
  const seen: TopLook[] = []
  const given = options(`${connectOf(one)},127.0.0.1:${port}`, { count: 14, everyMs: 150, timeoutMs: 900 })
  for await (const { look } of watchTop(given, new AbortController().signal)) {
    seen.push(look)
    if (seen.length !== 2) continue
    await two?.[Symbol.asyncDispose]()
    two = undefined
    hung = await fakeMember({ kind: 'silent' }, port)
  }
  await hung![Symbol.asyncDispose]()
  const second = seen.map(({ members }) => members.find(({ clientPort }) => clientPort === port)!)
  expect(second[1]).toMatchObject({ state: 'following' })
  const old = second.filter(({ state, ageMs }) => state === 'following' && ageMs! > 140)
  expect(old.length).toBeGreaterThan(1)
  expect(second.at(-1)).toMatchObject({ state: 'down', ageMs: null })
})

test('members with many connections are not asked who they are; nobody is, when clients are not wanted', async () => {
  await using one = await leader()
  const [many] = await looks(options(connectOf(one), { count: 1, mostConnections: 1 }))
  expect([many!.clients, many!.clientsMissing]).toEqual([[], [{ member: '1', why: 'too-many' }]])
  const [none] = await looks(options(connectOf(one), { count: 1, wantsClients: () => false }))
  expect([none!.clients, none!.clientsMissing]).toEqual([null, []])
})

test('status is watched until nobody wants more', async () => {
  await using one = await leader()
  const over = new AbortController()
  let seen = 0
  const watching = async () => {
    for await (const status of watchStatus({ connect: connectOf(one), timeoutMs: 500, everyMs: 100 }, over.signal)) {
      expect(status.members[0]?.state).toBe('leading')
      if (++seen === 3) over.abort()
    }
  }
  await expect(watching()).rejects.toThrow()
  expect(seen).toBe(3)
})
