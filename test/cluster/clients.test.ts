import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { askMemberFor } from '../../src/cluster/observe/ask.ts'
import { ofBody, ofText, placeFrom, readConnections } from '../../src/cluster/observe/connections.ts'
import { observeEnsemble } from '../../src/cluster/observe/ensemble.ts'
import { dumpOfBody, dumpOfText, readDump } from '../../src/cluster/observe/ephemerals.ts'
import { id64From, linesOf, numberFrom } from '../../src/cluster/observe/fields.ts'
import { readWatches, readWatchSummary, summaryOfText, watchesOfText } from '../../src/cluster/observe/watches.ts'
import { type FakeBehaviour, fakeMember, fakeWords } from '../helpers/fake-member.ts'

const text = (value: string, localPort: number | null = null) => [...ofText({ text: value, secure: false, localPort })]

describe('cons', () => {
  test('a connection with a session, one without, and our own left out', () => {
    const fields =
      'queued=2,recved=5,sent=4,sid=0x100004bec300000,lop=PING,est=1795350243244,to=10000,lcxid=0x4,lzxid=0xffffffffffffffff,lresp=1442095,llat=0,minlat=0,avglat=1,maxlat=3'
    const all = text(
      ` /10.0.0.7:53002[1](${fields})\n /10.0.0.8:40000[0](queued=0,recved=1,sent=0)\n /10.0.0.9:40001[0](queued=0,recved=1,sent=0)\n\n`,
      40001,
    )
    expect(all).toEqual([
      {
        ...{ address: '10.0.0.7', port: 53002, secure: false, session: 0x100004bec300000n, timeoutMs: 10_000 },
        ...{ lastOperation: 'PING', lastZxid: 0xffffffffffffffffn, establishedAt: new Date(1795350243244) },
        ...{ queued: 2, received: 5, sent: 4, avgLatencyMs: 1, maxLatencyMs: 3 },
      },
      {
        ...{ address: '10.0.0.8', port: 40000, secure: false, session: null, timeoutMs: null, lastOperation: null },
        ...{ lastZxid: null, establishedAt: null, queued: 0, received: 1, sent: 0, avgLatencyMs: null },
        maxLatencyMs: null,
      },
    ])
  })

  test.each([
    ['/10.0.0.7:53002', '10.0.0.7', 53002],
    ['zk1.example.org/10.0.0.7:53002', '10.0.0.7', 53002],
    ['/0:0:0:0:0:0:0:1:53002', '0:0:0:0:0:0:0:1', 53002],
    ['/[0:0:0:0:0:0:0:1]:53002', '0:0:0:0:0:0:0:1', 53002],
    ['zk1:53002', 'zk1', 53002],
    ['null', 'null', null],
    ['', '?', null],
    [null, '?', null],
  ])('%s', (written, address, port) => {
    expect(placeFrom(written)).toEqual({ address, port })
  })

  test.each([
    'nonsense',
    ' /10.0.0.7:53002[1](queued=0,recved=1,sent=0',
    ' /10.0.0.7:53002[zz](queued=0)',
    'This ZooKeeper instance is not currently serving requests',
  ])('%s is no connection', (line) => {
    expect(text(`${line}\n\n`)).toEqual([null])
  })

  test('JSON: numbers, long ones as text, both ports', () => {
    const one = {
      ...{ remote_socket_address: '127.0.0.1:40000', outstanding_requests: 1, packets_received: 7, packets_sent: 6 },
      ...{ session_id: '72057674372907008', last_operation: 'GETD', established: 1795350243244, session_timeout: 4000 },
      ...{ last_zxid: -1, avg_latency: 0, max_latency: 9 },
    }
    const [plain, none, nothing, secure, ...more] = ofBody({
      connections: [one, 5, null],
      secure_connections: [{ ...one, session_id: 0 }],
    })
    expect([none, nothing, more, ...ofBody({ connections: {} })]).toEqual([null, null, [], null, null])
    expect(plain).toMatchObject({ session: 72057674372907008n, secure: false, lastOperation: 'GETD', queued: 1 })
    expect(plain).toMatchObject({ address: '127.0.0.1', port: 40000, lastZxid: 0xffffffffffffffffn, timeoutMs: 4000 })
    expect(secure).toMatchObject({ session: null, secure: true, lastOperation: null, received: 7 })
  })
})

describe('dump', () => {
  const inHour = `${new Date(Date.now() + 3_600_000).toUTCString()}`
  const [weekday, day, month, year, time] = inHour.replace(',', '').split(' ')
  const date = `${weekday} ${month} ${day} ${time} UTC ${year}`
  const LEADER = [
    ...['SessionTracker dump:', 'Session Sets (2)/(2):', `1 expire at ${date}:`, '\t0x100004bec300000'],
    ...['1 expire at Thu Jan 01 00:12:04 CET 1970:', '\t0x200004bec300001'],
    ...['ephemeral nodes dump:', 'Sessions with Ephemerals (1):', '0x100004bec300000:', '\t/app/b c', '\t/app/a'],
    ...['Connections dump:', 'Connections Sets (1)/(1):', '0 expire at Thu:', '\tip: /127.0.0.1:1 sessionId: 0x1'],
  ].join('\n')

  test('a leader: sets with times', () => {
    expect(dumpOfText(`${LEADER}\n`)).toEqual({
      sessions: new Map([
        [0x100004bec300000n, { expiresAt: new Date(Date.parse(inHour)), timeoutMs: null }],
        [0x200004bec300001n, { expiresAt: null, timeoutMs: null }],
      ]),
      ephemerals: new Map([[0x100004bec300000n, ['/app/b c', '/app/a']]]),
    })
  })

  test('a follower: timeouts; one of 3.4: nothing of sessions', () => {
    const sessions = 'Global Sessions(1):\n0x100004bec300000\t10000ms\n'
    const rest = 'ephemeral nodes dump:\nSessions with Ephemerals (0):\n'
    expect(dumpOfText(`SessionTracker dump:\n${sessions}${rest}Connections dump:\n`)?.sessions).toEqual(
      new Map([[0x100004bec300000n, { expiresAt: null, timeoutMs: 10_000 }]]),
    )
    const old = 'org.apache.zookeeper.server.quorum.LearnerSessionTracker@1b2c\n'
    expect(dumpOfText(`SessionTracker dump:\n${old}${rest}`)).toEqual({ sessions: new Map(), ephemerals: new Map() })
  })

  test('what is cut off or something else is none', () => {
    const owners = LEADER.indexOf('0x100004bec300000:')
    for (let end = 0; end <= owners; end++) expect(dumpOfText(LEADER.slice(0, end))).toBeNull()
    expect(dumpOfText('This ZooKeeper instance is not currently serving requests\n')).toBeNull()
    expect(dumpOfText('\t\n'.repeat(3_000_000))).toBeNull()
  })

  test('JSON', () => {
    const body = {
      expiry_time_to_session_ids: { 12000: ['72057674372907008', 5], 14000: 'x' },
      session_id_to_ephemeral_paths: { '72057674372907008': ['/a', 7], '-5': ['/b'], zz: ['/c'] },
    }
    expect(dumpOfBody(body)).toEqual({
      sessions: new Map([72057674372907008n, 5n].map((id) => [id, { expiresAt: null, timeoutMs: null }])),
      ephemerals: new Map([
        [72057674372907008n, ['/a']],
        [0xfffffffffffffffbn, ['/b']],
      ]),
    })
    for (const other of [{}, { expiry_time_to_session_ids: {} }, { session_id_to_ephemeral_paths: [] }]) {
      expect(dumpOfBody(other)).toBeNull()
    }
  })
})

test('watches: the summary and the list', () => {
  expect(summaryOfText('2 connections watching 1 paths\nTotal watches:2\n')).toEqual({
    ...{ connections: 2, paths: 1, watches: 2 },
  })
  expect(summaryOfText('2 connections watching')).toBeNull()
  const seen: string[] = []
  watchesOfText('\t0x5\n/a b\n\t0x1\n\t0xffffffffffffffff\n/c\n\tnonsense\n\t0x2\n', (path, id) =>
    seen.push(`${path} ${id}`),
  )
  expect(seen).toEqual(['/a b 1', `/a b ${0xffffffffffffffffn}`, '/c 2'])
})

test('fields: whatever a peer sends, nothing throws', () => {
  expect([...linesOf('a\r\n\nb')]).toEqual(['a', '', 'b'])
  expect([...linesOf('')]).toEqual([])
  expect(['0x10', '16', -1, '-1', 1.5, '0x', null, '1e9', 2 ** 60].map(id64From)).toEqual([
    ...[16n, 16n, 0xffffffffffffffffn, 0xffffffffffffffffn, null, null, null, null, null],
  ])
  expect(['5', '1.5', '', 'x', null, Number.NaN, '9'.repeat(30)].map(numberFrom)).toEqual([
    5,
    1.5,
    ...Array(5).fill(null),
  ])
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), fc.string({ maxLength: 300 }), (a, b) => {
      text(` /1.2.3.4:5[1](${a})\n${b}`)
      dumpOfText(`SessionTracker dump:\n${a}\nephemeral nodes dump:\n${b}`)
      watchesOfText(`/${a}\n\t${b}`, () => {})
      summaryOfText(a)
    }),
    { seed: 8, numRuns: 500 },
  )
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      const all = [...ofBody({ connections: a, secure_connections: [b] } as Record<string, unknown>)]
      dumpOfBody({ expiry_time_to_session_ids: a, session_id_to_ephemeral_paths: b })
      return all.length >= 0
    }),
    { seed: 8, numRuns: 500 },
  )
})

describe('members that misbehave', () => {
  const ask = { timeoutMs: 500, tls: null }
  const srvr = fakeWords({ id: 1, mode: 'standalone', zxid: '0x5' }).srvr!
  const observed = async (port: number) => {
    const place = { id: null, host: '127.0.0.1', clientPort: port, securePort: null, admin: null, role: null }
    const { members } = await observeEnsemble([place], { timeoutMs: 2000, tls: null, discover: false })
    return members[0]!
  }

  test('what may not be asked is told with its setting', async () => {
    await using member = await fakeMember({ kind: 'words', words: { srvr } })
    const one = await observed(member.port)
    const untold = [
      { why: expect.stringContaining('cons is not in its whitelist'), setting: expect.stringMatching(/,cons$/) },
    ]
    expect(await readConnections(one, ask)).toEqual({ via: null, connections: [], untold })
    for (const told of [await readDump(one, ask), await readWatchSummary(one, ask)]) expect(told.untold).toHaveLength(1)
    expect((await readWatches(one, ask, () => {})).untold).toMatchObject([{ setting: expect.stringMatching(/,wchp$/) }])
  })

  test('a word that means something else, and one that is cut off', async () => {
    const words = { srvr, cons: 'hello\n', dump: 'SessionTracker dump:\n', wchs: 'hello', wchp: 'hello' }
    await using member = await fakeMember({ kind: 'words', words })
    const one = await observed(member.port)
    expect(await readConnections(one, ask)).toMatchObject({
      connections: [],
      untold: [{ why: expect.stringMatching(/is no connection/) }],
    })
    expect(await readDump(one, ask)).toMatchObject({ dump: null, untold: [{ why: 'its answer to dump is not whole' }] })
    expect(await readWatchSummary(one, ask)).toMatchObject({ summary: null, untold: [{}] })
  })

  test.each<[string, FakeBehaviour]>([
    ['never answers', { kind: 'silent' }],
    ['does not stop', { kind: 'endless' }],
  ])('one that %s is over in time', async (_what, behaviour) => {
    const member = await fakeMember({ kind: 'words', words: { srvr } })
    const one = await observed(member.port)
    await member[Symbol.asyncDispose]()
    await using bad = await fakeMember(behaviour, member.port)
    expect(bad.port).toBe(member.port)
    const started = performance.now()
    const told = await askMemberFor({ command: 'dump', word: 'dump' }, one, ask)
    expect(told).toMatchObject({ answer: null, untold: [{ why: expect.stringMatching(/did not answer|not stop/) }] })
    expect(performance.now() - started).toBeLessThan(2000)
  })

  test('more connections than a server can have are cut', async () => {
    const cons = ' /1.2.3.4:5[1](queued=0,recved=1,sent=0)\n'.repeat(200_001)
    await using member = await fakeMember({ kind: 'words', words: { srvr, cons } })
    const told = await readConnections(await observed(member.port), { ...ask, timeoutMs: 10_000 })
    expect(told.connections).toHaveLength(200_000)
    expect(told.untold).toMatchObject([{ why: expect.stringContaining('200000') }])
  })
})
