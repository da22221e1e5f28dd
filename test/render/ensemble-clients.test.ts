import { expect, test } from 'vitest'
import type { Connection } from '../../src/cluster/observe/connections.ts'
import { clientsOf, type EnsembleConnections } from '../../src/operations/ensemble/clients/connections.ts'
import { type EnsembleSessions, sessionsOf } from '../../src/operations/ensemble/clients/sessions.ts'
import type { EnsembleWatches } from '../../src/operations/ensemble/clients/watches.ts'
import { connectionsText } from '../../src/render/ensemble-clients.ts'
import { sessionsText } from '../../src/render/ensemble-sessions.ts'
import { watchesText } from '../../src/render/ensemble-watches.ts'
import { createStyle } from '../../src/render/style.ts'
import { expectValid } from '../helpers/schema.ts'

/* What is printed: text within 80 columns, JSON as the schemas say. */

const PLAIN = createStyle({ color: false, unicode: true })
const AT = '2026-11-26T02:00:00.000Z'
const connection = (port: number, more: Partial<Connection> = {}): Connection => ({
  ...{ address: '10.10.10.101', port, secure: false, session: 0x100004bec300000n + BigInt(port), timeoutMs: 10_000 },
  ...{ lastOperation: 'PING', lastZxid: 0x100000003n, establishedAt: new Date('2026-11-26T01:48:00Z') },
  ...{ queued: 0, received: port, sent: 1, avgLatencyMs: 0, maxLatencyMs: 3, ...more },
})
const PLACED = [
  { member: '1', connection: connection(50001) },
  { member: '1', connection: connection(50002) },
  { member: '2', connection: connection(50003, { secure: true, queued: 4 }) },
  { member: '2', connection: connection(40001, { address: '\u001b[2J', session: null, establishedAt: null }) },
]
const MEMBER = {
  id: 1,
  host: '10.10.10.11',
  clientPort: 2181,
  state: 'following',
  version: '3.9.5',
  via: 'admin',
} as const
const DOWN = { ...MEMBER, id: 2, state: 'down', version: null, via: null } as const

const isNarrow = (text: string) => text.split('\n').every((line) => line.length <= 80)

test('connections', async () => {
  const clients = clientsOf(PLACED, new Map([['1', 10]]))
  const result: EnsembleConnections = {
    ...{ ensemble: 'prod', at: AT, connections: 4, clientCount: 2, omittedClients: 3, findings: [] },
    members: [
      { ...MEMBER, connections: 2, secure: 0, limit: 10 },
      { ...DOWN, connections: null, secure: null, limit: null },
    ],
    clients,
  }
  await expectValid('ensemble-connections', result)
  const text = connectionsText(result, PLAIN)
  expect(text).toBe(`\
prod: 4 connections of 2 clients
id  host              state      connections  tls  per client
1   10.10.10.11:2181  following            2    0          10
2   10.10.10.11:2181  down                 -    -           -

client        connections  sessions  without  waiting  with
10.10.10.101            3         3        0        4  1: 2 (20%), 2: 1 tls
\\x1b[2J                 1         0        1        0  2: 1
and 3 more (--top)
`)
  expect(isNarrow(text)).toBe(true)
})

test('sessions: those that are connected nowhere first', async () => {
  const dump = {
    sessions: new Map([[0x300004bec300000n, { expiresAt: new Date('2026-11-26T02:00:07Z'), timeoutMs: null }]]),
    ephemerals: new Map([[0x300004bec300000n, ['/app/lock', '/app/b\u202e']]]),
  }
  const sessions = sessionsOf(PLACED, dump, 1).sort((a, b) => (b.id < a.id ? -1 : 1))
  const result: EnsembleSessions = {
    ...{ ensemble: 'prod', at: AT, ephemeralsFrom: '2', heavy: true, path: null, sessionCount: 4, sessions },
    ...{ omittedSessions: 0, findings: [] },
    members: [
      { ...MEMBER, sessions: 2 },
      { ...DOWN, sessions: null },
    ],
  }
  await expectValid('ensemble-sessions', result)
  const text = sessionsText(result, PLAIN)
  expect(text).toBe(`\
prod: 4 sessions; ephemerals as server 2 tells them
id  host              state      sessions
1   10.10.10.11:2181  following         2
2   10.10.10.11:2181  down              -

session            client              with   timeout  last   since  holds
0x300004bec300000  not connected       -            -  -          -      2
0x100004bec30c353  10.10.10.101:50003  2 tls     10 s  PING  12 min      0
0x100004bec30c352  10.10.10.101:50002  1         10 s  PING  12 min      0
0x100004bec30c351  10.10.10.101:50001  1         10 s  PING  12 min      0
`)
  expect(isNarrow(text)).toBe(true)
  const owner = { path: '/app/lock', kind: 'ephemeral', owner: 0x300004bec300000n } as const
  const one: EnsembleSessions = { ...result, heavy: false, path: owner, sessions: sessions.slice(0, 1) }
  await expectValid('ensemble-sessions', one)
  expect(sessionsText(one, PLAIN).split('\n').slice(0, 1)).toEqual([
    'prod: /app/lock is an ephemeral of session 0x300004bec300000',
  ])
  expect(sessionsText(one, PLAIN)).toMatch(/ 2\n {2}\/app\/b\\u202e\n {2}and 1 more\nWhat each of them holds/)
})

test('watches: how many, how many at once, and who', async () => {
  const fan = { changes: 2, average: 1.5, most: 12 }
  const result: EnsembleWatches = {
    ...{ ensemble: 'prod', at: AT, heavy: true, path: null, omittedPaths: 1, omittedSessions: 0, findings: [] },
    members: [
      {
        ...{ ...MEMBER, all: 25, data: 21, children: 4, sessions: 3, paths: 9 },
        fanOut: { created: { ...fan, most: 0 }, changed: fan, deleted: { ...fan, most: 120 }, children: fan },
      },
      { ...DOWN, all: null, data: null, children: null, sessions: null, paths: null, fanOut: null },
    ],
    paths: [{ path: '/app/\u0007', sessions: 12 }],
    sessions: [{ id: 0x100004bec300000n, watches: 3, client: '10.10.10.101:50001', member: '1' }],
  }
  await expectValid('ensemble-watches', result)
  const text = watchesText(result, PLAIN)
  expect(text).toBe(`\
prod: 25 watches, 4 of them for children
id  host              state      all  data  child  sessions  paths      at once
1   10.10.10.11:2181  following   25    21      4         3      9  0/12/120/12
2   10.10.10.11:2181  down         -     -      -         -      -            -

watched by  path
        12  /app/\\x07
and 1 more (--top)

session            watches  client              with
0x100004bec300000        3  10.10.10.101:50001  1
at once: the most that one creation/change/deletion/change of children told.
Servers list no watches for children; a session counts once for each path.
`)
  expect(isNarrow(text)).toBe(true)
  const light: EnsembleWatches = { ...result, heavy: false, paths: null, sessions: null, omittedPaths: 0 }
  await expectValid('ensemble-watches', light)
  expect(watchesText(light, PLAIN)).toContain('is told with --heavy')
})
