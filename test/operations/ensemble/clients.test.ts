import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensembleConnections } from '../../../src/operations/ensemble/clients/connections.ts'
import { ensembleSessions, type SessionsOptions } from '../../../src/operations/ensemble/clients/sessions.ts'
import { ensembleWatches } from '../../../src/operations/ensemble/clients/watches.ts'
import { type FakeMember, fakeMember, fakeWords } from '../../helpers/fake-member.ts'

/* What real members do rarely: fakes that answer with the words of real servers. */

const members: FakeMember[] = []
const words: Record<string, string>[] = [{}, {}, {}]
let connect = ''
beforeAll(async () => {
  const ports: number[] = []
  for (const id of [1, 2, 3]) {
    members.push(
      await fakeMember({
        kind: 'words',
        get words() {
          const membership = ports.map(
            (port, i) => `server.${i + 1}=127.0.0.1:1${i}:2${i}:participant;127.0.0.1:${port}`,
          )
          const mode = id === 2 ? 'leader' : 'follower'
          const own = fakeWords({ id, mode, zxid: '0x100000009', membership: [...membership, 'version=100000000'] })
          const all = { ...own, conf: `maxClientCnxns=10\n${own.conf}`, cons: '\n' }
          return Object.defineProperties(all, Object.getOwnPropertyDescriptors(words[id - 1]!))
        },
      }),
    )
  }
  ports.push(...members.map(({ port }) => port))
  connect = `127.0.0.1:${ports[0]}`
})
afterAll(async () => {
  for (const member of members) await member[Symbol.asyncDispose]()
})

const { signal } = new AbortController()
const sessions = (more: Partial<SessionsOptions> = {}) =>
  ensembleSessions(
    { connect, timeoutMs: 5000, heavy: true, path: undefined, session: undefined, client: undefined, top: 20, ...more },
    { ask: async () => '', signal },
  )
const codesOf = ({ findings }: { findings: readonly { code: string; member?: string }[] }) =>
  findings.map(({ code, member }) => `${code}${member === undefined ? '' : ` ${member}`}`)

const cons = (...all: readonly (readonly [address: string, session: string | null, est?: number])[]) =>
  `${all
    .map(([address, session, est = 1_795_350_243_244]) => {
      const own = session === null ? '' : `,sid=${session},lop=PING,est=${est},to=10000,lzxid=0x1,lresp=1,maxlat=3`
      return ` /${address}[1](queued=0,recved=1,sent=1${own})\n`
    })
    .join('')}\n`
const dump = (owned: Readonly<Record<string, readonly string[]>>) =>
  [
    ...['SessionTracker dump:', `Global Sessions(${Object.keys(owned).length}):`],
    ...Object.keys(owned).map((id) => `${id}\t10000ms`),
    ...['ephemeral nodes dump:', `Sessions with Ephemerals (${Object.keys(owned).length}):`],
    ...Object.entries(owned).flatMap(([id, paths]) => [`${id}:`, ...paths.map((path) => `\t${path}`)]),
    'Connections dump:\n',
  ].join('\n')

test('a session that is connected nowhere and holds something is told; one that has moved is not', async () => {
  words[0] = { cons: cons(['10.0.0.1:1000', '0xa'], ['10.0.0.9:9', '0xc', 1]) }
  words[1] = { dump: dump({ '0xa': ['/a'], '0xb': ['/b2', '/b1'], '0xc': ['/c'] }) }
  words[2] = { cons: cons(['10.0.0.2:2000', '0xc', 5]) }
  const result = await sessions()
  expect(codesOf(result)).toEqual(['clients.no-connection'])
  expect(result.findings[0]).toMatchObject({
    severity: 'warning',
    path: '/b1',
    evidence: { session: 0xbn, ephemerals: 2 },
  })
  expect(result).toMatchObject({
    ephemeralsFrom: '2',
    sessionCount: 3,
    members: [{ sessions: 2 }, { sessions: 0 }, { sessions: 1 }],
  })
  expect(result.sessions).toMatchObject([
    { id: 0xbn, client: null, member: null, timeoutMs: 10_000, ephemerals: 2, paths: ['/b1', '/b2'] },
    { id: 0xan, client: '10.0.0.1:1000', member: '1', ephemerals: 1 },
    // where it connected last
    { id: 0xcn, client: '10.0.0.2:2000', member: '3', ephemerals: 1 },
  ])
  expect((await sessions({ path: '/c' })).sessions).toMatchObject([{ id: 0xcn }])
  expect((await sessions({ client: '10.0.0.1' })).sessions).toMatchObject([{ id: 0xan }])
  expect(await sessions({ top: 1 })).toMatchObject({ sessions: { length: 1 }, omittedSessions: 2, sessionCount: 3 })
})

test('one that connects or leaves while the members are asked is not told', async () => {
  let asked = 0
  words[0] = {
    get cons() {
      asked++
      return asked === 1 ? cons(['10.0.0.1:1000', '0xa']) : cons(['10.0.0.1:1001', '0xb'])
    },
  }
  words[1] = { dump: dump({ '0xa': ['/a'], '0xb': ['/b'] }) }
  words[2] = {}
  const result = await sessions()
  expect(asked).toBe(2)
  expect(codesOf(result)).toEqual([])
  expect(result.sessions).toMatchObject([
    { id: 0xan, member: null },
    { id: 0xbn, member: '1' },
  ])
})

test('when a member does not tell its connections, nobody is called lonely', async () => {
  words[0] = { cons: 'cons is not executed because it is not in the whitelist.\n' }
  words[1] = { dump: dump({ '0xb': ['/b'] }) }
  words[2] = {}
  const result = await sessions()
  expect(codesOf(result)).toEqual(['clients.not-told 1'])
  expect(result.sessions).toMatchObject([{ id: 0xbn, client: null, ephemerals: 1 }])
  words[0] = { cons: 'something else\n' }
  expect(codesOf(await sessions())).toEqual(['clients.not-told 1'])
})

test('a leader that does not dump is no end: the next member is asked', async () => {
  words[0] = { dump: dump({ '0xa': ['/a'] }), cons: cons(['10.0.0.1:1000', '0xa']) }
  words[1] = {}
  words[2] = {}
  expect(await sessions()).toMatchObject({ ephemeralsFrom: '1', findings: [] })
  words[0] = { cons: cons(['10.0.0.1:1000', '0xa']), dump: 'SessionTracker dump:\n' }
  const none = await sessions()
  expect(none.ephemeralsFrom).toBeNull()
  expect(codesOf(none)).toEqual(['clients.not-told 3'])
  expect(none.sessions).toMatchObject([{ id: 0xan, ephemerals: null }])
  // nothing of it was asked for
  expect(codesOf(await sessions({ heavy: false }))).toEqual([])
})

test('near the limit of a member, and beyond', async () => {
  const of = (address: string, count: number) =>
    Array.from({ length: count }, (_, i) => [`${address}:${1000 + i}`, null] as const)
  words[0] = { cons: cons(...of('10.0.0.1', 7), ...of('10.0.0.2', 8)) }
  words[1] = { cons: cons(...of('10.0.0.1', 7)) }
  words[2] = { cons: cons(...of('10.0.0.3', 10)) }
  const result = await ensembleConnections({ connect, timeoutMs: 5000, top: 2 }, signal)
  expect(result).toMatchObject({ connections: 32, clientCount: 3, omittedClients: 1 })
  expect(result.clients).toMatchObject([
    {
      address: '10.0.0.1',
      connections: 14,
      sessions: 0,
      withoutSession: 14,
      since: null,
      at: [{ limitPercent: 70 }, {}],
    },
    { address: '10.0.0.3', connections: 10 },
  ])
  expect(result.findings.map(({ severity, member }) => `${severity} ${member}`)).toEqual(['error 3', 'warning 1'])
})

test('watches: a herd at a lock, and what is only many', async () => {
  const ids = (count: number) => Array.from({ length: count }, (_, i) => `\t0x${(i + 1).toString(16)}\n`).join('')
  words[0] = {
    wchs: '11 connections watching 2 paths\nTotal watches:22\n',
    wchp: `/lock/n-0000000007\n${ids(11)}/config\n${ids(11)}`,
    mntr: 'zk_watch_count\t30\nzk_cnt_node_deleted_watch_count\t0\nzk_avg_node_deleted_watch_count\t0\nzk_max_node_deleted_watch_count\t-9223372036854775808\n',
    cons: cons(['10.0.0.1:1000', '0x1']),
  }
  words[1] = { wchs: 'nonsense', wchp: '\n' }
  words[2] = { wchs: '0 connections watching 0 paths\nTotal watches:0\n', wchp: '\n' }
  const result = await ensembleWatches({ connect, timeoutMs: 5000, heavy: true, path: undefined, top: 20 }, signal)
  expect(result.members).toMatchObject([
    { all: 30, data: 22, children: 8, sessions: 11, paths: 2, fanOut: null },
    { all: null, data: null, children: null },
    { all: null, data: 0 },
  ])
  expect(codesOf(result)).toEqual(['clients.herd'])
  expect(result.findings[0]).toMatchObject({ path: '/lock/n-0000000007', severity: 'warning' })
  expect(result.paths).toEqual([
    { path: '/config', sessions: 11 },
    { path: '/lock/n-0000000007', sessions: 11 },
  ])
  expect(result.sessions).toMatchObject([
    { id: 1n, watches: 2, client: '10.0.0.1:1000', member: '1' },
    ...Array(10).fill({ client: null }),
  ])
  const light = await ensembleWatches({ connect, timeoutMs: 5000, heavy: false, path: undefined, top: 20 }, signal)
  expect(codesOf(light)).toEqual(['clients.not-told 2'])
})
