import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { reach } from '../../../src/cluster/reach.ts'
import { checkNetwork } from '../../../src/operations/health/network/check.ts'
import { judgeLinks } from '../../../src/operations/health/network/judge.ts'
import { linksFrom, namesIn } from '../../../src/operations/health/network/links.ts'
import { HERE, type NetworkMember, type TriedLink } from '../../../src/operations/health/network/model.ts'
import { compareNames } from '../../../src/operations/health/network/names.ts'
import { isPlainHost, lookScript, readLook } from '../../../src/operations/health/network/script.ts'
import { networkText } from '../../../src/render/health-network.ts'
import { createStyle } from '../../../src/render/style.ts'
import { run } from '../../helpers/cli.ts'
import { fakeMember, fakeWords } from '../../helpers/fake-member.ts'
import { expectValid } from '../../helpers/schema.ts'

const SIGNAL = new AbortController().signal

const member = (id: number, more: Partial<NetworkMember> = {}): NetworkMember => ({
  ...{ name: String(id), id, role: 'participant', state: 'following', silent: null },
  client: { host: `zk${id}`, port: 2181 },
  peers: [{ host: `zk${id}`, quorumPort: 2888, electionPort: 3888 }],
  ...more,
})

const THREE = [member(1), member(2, { state: 'leading' }), member(3)]

/** Everything open but the quorum ports of those that do not lead; `[from, to, port]` → another outcome. */
function tried(
  members: readonly NetworkMember[],
  froms: readonly string[],
  others: readonly (readonly [from: string, to: string, port: string, outcome: TriedLink['outcome']])[] = [],
): readonly TriedLink[] {
  return froms
    .flatMap((from) => linksFrom(from, members))
    .map((link) => {
      const other = others.find(([from, to, port]) => link.from === from && link.to === to && link.port === port)
      const usual = link.port === 'quorum' && link.to !== '2' ? 'refused' : 'open'
      return { ...link, outcome: other?.[3] ?? usual, ms: null, detail: null }
    })
}

const ALL = [HERE, '1', '2', '3']

describe('which ports are tried', () => {
  const text = (from: string, members: readonly NetworkMember[]) =>
    linksFrom(from, members).map(({ to, port, host, number }) => `${to} ${port} ${host}:${number}`)

  test('from a member: the others', () => {
    expect(text('1', THREE)).toEqual([
      ...['2 client zk2:2181', '2 quorum zk2:2888', '2 election zk2:3888'],
      ...['3 client zk3:2181', '3 quorum zk3:2888', '3 election zk3:3888'],
    ])
    expect(text(HERE, THREE)).toHaveLength(9)
  })

  test('observers never lead, and do not elect each other', () => {
    const members = [member(1), member(4, { role: 'observer' }), member(5, { role: 'observer' })]
    expect(text('1', members)).toEqual([
      ...['4 client zk4:2181', '4 election zk4:3888', '5 client zk5:2181', '5 election zk5:3888'],
    ])
    expect(text('4', members)).toEqual([
      ...['1 client zk1:2181', '1 quorum zk1:2888', '1 election zk1:3888', '5 client zk5:2181'],
    ])
  })

  test('every address of a member, and only what is known', () => {
    const peers = [
      { host: 'a', quorumPort: 1, electionPort: 2 },
      { host: 'b', quorumPort: 3, electionPort: null },
    ]
    expect(text(HERE, [member(1, { peers, client: null }), member(2, { peers: [], client: null })])).toEqual([
      ...['1 quorum a:1', '1 election a:2', '1 quorum b:3'],
    ])
  })

  test('names, without addresses', () => {
    const peers = [{ host: '[::1]', quorumPort: 1, electionPort: 2 }]
    expect(namesIn([...THREE, member(4, { client: { host: '10.0.0.1', port: 1 }, peers })])).toEqual([
      'zk1',
      'zk2',
      'zk3',
    ])
  })
})

describe('what handshakes mean', () => {
  const judge = (others: Parameters<typeof tried>[2], members = THREE, leader: string | null = '2', froms = ALL) => {
    const { links, findings } = judgeLinks(tried(members, froms, others), members, leader)
    const told = findings.map(({ code, severity, member }) => `${severity} ${code} ${member}`)
    return { told, messages: findings.map(({ message }) => message), links }
  }

  test('nothing, when all is well: nobody but the leader listens on its quorum port', () => {
    const { told, links } = judge([])
    expect(told).toEqual([])
    expect(
      links.filter(({ verdict }) => verdict === 'idle').every(({ port, to }) => port === 'quorum' && to !== '2'),
    ).toBe(true)
    expect(links.filter(({ verdict }) => verdict === 'idle')).toHaveLength(6)
  })

  test.each<[string, NonNullable<Parameters<typeof tried>[2]>, readonly string[], RegExp]>([
    [
      'a one-way firewall between voters',
      [['3', '1', 'election', 'timeout']],
      ['error network.election-blocked 1'],
      /^server 3 cannot reach its election port zk1:3888: no answer$/,
    ],
    [
      'an election listener that has ended',
      ALL.filter((from) => from !== '1').map((from) => [from, '1', 'election', 'refused']),
      ['warning network.election-blocked 1', 'error network.election-blocked 1'],
      /^servers 2, 3 cannot reach its election port zk1:3888: refused$/m,
    ],
    [
      'the leader, unreachable for a follower',
      [['1', '2', 'quorum', 'unreachable']],
      ['error network.quorum-blocked 2'],
      /no way to the host, and it leads$/,
    ],
    [
      'a follower that one could not follow if it led',
      [['1', '3', 'quorum', 'timeout']],
      ['warning network.quorum-blocked 3'],
      /no answer, though it does not lead now$/,
    ],
    [
      'a client port',
      [[HERE, '3', 'client', 'refused']],
      ['error network.client-blocked 3'],
      /^this machine cannot reach/,
    ],
  ])('%s', (_what, others, expected, message) => {
    const { told, messages } = judge(others)
    expect(told).toEqual(expected)
    expect(messages.join('\n')).toMatch(message)
  })

  test('no member needs the client port of another, and this machine no quorum or election port', () => {
    const others = [
      ['1', '3', 'client', 'timeout'],
      [HERE, '3', 'election', 'timeout'],
      [HERE, '2', 'quorum', 'unreachable'],
    ] as const
    const { told, links } = judge(others)
    expect(told).toEqual([])
    expect(links.filter(({ verdict }) => verdict === 'unjudged')).toHaveLength(3)
  })

  test('without a steady leader a refused quorum port says nothing', () => {
    expect(judge([['1', '2', 'quorum', 'refused']], THREE, null).told).toEqual([])
  })

  test('what is between a member that is down and the others is not judged', () => {
    const members = [member(1), member(2, { state: 'leading' }), member(3, { state: 'down' })]
    const others = ALL.flatMap((from) =>
      (['client', 'quorum', 'election'] as const).map((port) => [from, '3', port, 'timeout'] as const),
    )
    expect(judge(others, members).told).toEqual(['error network.member-unreached 3'])
    // one port that is open anywhere: it is up, and cut off from here
    expect(judge(others.slice(3, -1), members).told).toContain('error network.election-blocked 3')
  })

  test('a port that takes connections while nobody answers', () => {
    const members = [member(1), member(2, { state: 'leading' }), member(3, { state: 'down', silent: 'no answer' })]
    expect(judge([], members).told).toEqual(['error network.half-open 3'])
  })

  test('an observer that cannot be reached is a warning', () => {
    const members = [...THREE, member(4, { role: 'observer', state: 'observing' })]
    const { told } = judge([['1', '4', 'election', 'timeout']], members)
    expect(told).toEqual(['warning network.election-blocked 4'])
  })
})

describe('names', () => {
  const compare = (zk1: Readonly<Record<string, readonly string[] | null>>) => {
    const seen = Object.entries(zk1).map(([from, addresses]) => ({ from, names: new Map([['zk1', addresses]]) }))
    const { names, findings } = compareNames(['zk1'], seen, THREE)
    return [names[0]!.same, ...findings.map(({ code, severity, member }) => `${severity} ${code} ${member ?? ''}`)]
  }

  test.each<[Parameters<typeof compare>[0], readonly unknown[]]>([
    [{ here: ['10.0.0.1'], 1: ['10.0.0.1'], 2: ['10.0.0.1'] }, [true]],
    // split DNS: outside it is another address
    [{ here: ['192.0.2.1'], 1: ['10.0.0.1'], 2: ['10.0.0.1'] }, [true]],
    [{ here: ['10.0.0.1'] }, [null]],
    [{ 1: ['10.0.0.1'], 2: ['10.0.0.2'], 3: null }, [false, 'warning network.names-differ ']],
    [{ 1: ['127.0.1.1'], 2: ['10.0.0.1'], 3: ['10.0.0.1'] }, [true, 'warning network.own-name-loopback 1']],
    [{ here: ['127.0.0.1'], 1: ['127.0.0.1'], 2: ['127.0.0.1'] }, [true]],
    [{ 1: ['10.0.0.1'], 2: [], 3: [] }, [null, 'error network.name-unresolved ']],
    [{ here: [], 1: ['10.0.0.1'], 2: ['10.0.0.1'] }, [true, 'warning network.name-unresolved ']],
  ])('%j', (zk1, expected) => {
    expect(compare(zk1)).toEqual(expected)
  })
})

describe('what a member runs', () => {
  test.each(['zk1', 'zk1.example.org', '10.0.0.1', '[2001:db8::1]', 'fe80::1'])('%s may stand in a command', (host) => {
    expect(isPlainHost(host)).toBe(true)
  })
  test.each(['', '-x', 'a b', 'a;b', '$(reboot)', "a'b", 'a\nb', '`x`', '*', 'a'.repeat(300), 'zk\u00e4'])(
    '%j may not',
    (host) => {
      expect(isPlainHost(host)).toBe(false)
    },
  )

  test.each<[string, string, Record<string, unknown>]>([
    ['0', '', { outcome: 'open' }],
    ['1', 'bash: connect: Connection refused bash: line 1: /dev/tcp/h/1: Connection refused', { outcome: 'refused' }],
    ['1', 'bash: connect: No route to host bash: /dev/tcp/h/1: No route to host', { outcome: 'unreachable' }],
    ['1', 'bash: connect: Network is unreachable', { outcome: 'unreachable' }],
    ['1', 'bash: zk9: Name or service not known bash: /dev/tcp/zk9/1: Invalid argument', { outcome: 'unresolved' }],
    ['1', 'bash: zk9: Temporary failure in name resolution', { outcome: 'unresolved' }],
    ['1', "nc: bad address 'zk9'", { outcome: 'unresolved' }],
    ['1', 'nc: zk1 (10.0.0.1:1): Connection refused', { outcome: 'refused' }],
    ['1', 'nc: connect to h port 1 (tcp) timed out: Operation now in progress', { outcome: 'timeout' }],
    ['1', 'bash: connect: Connection timed out', { outcome: 'timeout' }],
    ['1', "nc: invalid option -- 'z' Usage: nc [-wN] -w SEC Connect timeout", { outcome: 'failed' }],
    ['124', '', { outcome: 'timeout' }],
    ['137', '', { outcome: 'timeout' }],
    ['127', 'sh: t: not found', { outcome: 'failed', detail: 'sh: t: not found' }],
  ])('exit status %s, %j', (status, said, expected) => {
    expect(readLook('m', `m p 0 ${status} ${said}`, 1, 0).ports[0]).toMatchObject(expected)
  })

  test('whatever else is printed counts for nothing', () => {
    const output = [
      ...['Welcome!', 'x p 0 0 ', 'm p 9 0 ', 'm p -1 0', 'm q 0 0', 'm p 0 zero', 'm n 1 0 10.0.0.1', '\0\x1b[2J'],
      ...['m n 0 0 10.0.0.2 fe80::1 10.0.0.2 $(x) ', 'm n 0', ' m p 0 0'],
    ].join('\n')
    expect(readLook('m', output, 1, 1)).toEqual({
      ports: [{ outcome: 'failed', ms: null, detail: 'it was not said' }],
      names: [['10.0.0.2', 'fe80::1']],
      toolless: false,
    })
    expect(readLook('m', 'm n 0 126 ', 0, 1).names).toEqual([null])
    expect(readLook('m', 'm t none', 1, 0).toolless).toBe(true)
  })

  test('it runs in any shell, and tells ports apart', async () => {
    await using open = await fakeMember({ kind: 'silent' })
    await using deaf = await deafPort()
    const shut = await shutPort()
    const places = [open.port, shut, deaf.port].map((number) => ({ host: '127.0.0.1', number }))
    const more = [{ host: 'no-such-host.invalid', number: 1 }]
    const script = lookScript('mark', [...places, ...more], ['localhost', 'no-such-host.invalid'], 1000)
    for (const shell of ['sh', 'bash']) {
      const { stdout } = await run(shell, ['-c', script])
      const { ports, names } = readLook('mark', stdout, 4, 2)
      expect(ports.map(({ outcome }) => outcome)).toEqual(['open', 'refused', 'timeout', 'unresolved'])
      expect(names[0]).toContain(names[0]!.includes('127.0.0.1') ? '127.0.0.1' : '::1')
      expect(names[1]).toEqual([])
    }
  })
})

test('a handshake from here tells apart what a port does', async () => {
  await using open = await fakeMember({ kind: 'silent' })
  await using deaf = await deafPort()
  const options = { timeoutMs: 300, signal: SIGNAL }
  expect(await reach('127.0.0.1', deaf.port, options)).toMatchObject({ outcome: 'timeout', ms: null })
  expect(await reach('127.0.0.1', open.port, options)).toMatchObject({ outcome: 'open', detail: null })
  expect(await reach('127.0.0.1', await shutPort(), options)).toMatchObject({ outcome: 'refused' })
  expect(await reach('no-such-host.invalid', 1, { ...options, timeoutMs: 5000 })).toMatchObject({
    outcome: 'unresolved',
  })
})

test('a handshake sends nothing, and ends at once', async () => {
  let resolve: (seen: { bytes: number; ms: number }) => void = () => {}
  const seen = new Promise<{ bytes: number; ms: number }>((done) => {
    resolve = done
  })
  const server = createServer((socket) => {
    const started = performance.now()
    let bytes = 0
    socket.on('data', (data) => {
      bytes += data.length
    })
    // an orderly end: a reset would be an error
    socket.on('error', () => resolve({ bytes: -1, ms: 0 }))
    socket.on('end', () => resolve({ bytes, ms: performance.now() - started }))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  await reach('127.0.0.1', port, { timeoutMs: 1000, signal: SIGNAL })
  const { bytes, ms } = await seen
  server.close()
  expect(bytes).toBe(0)
  expect(ms).toBeLessThan(100)
})

/** A port whose queue is full: the kernel drops what comes, as a firewall does. */
async function deafPort(): Promise<{ readonly port: number } & AsyncDisposable> {
  const program = [
    'import socket, sys, time',
    "server = socket.socket(); server.bind(('127.0.0.1', 0)); server.listen(0)",
    'full = [socket.socket() for _ in range(4)]',
    '[(one.setblocking(False), one.connect_ex(server.getsockname())) for one in full]',
    "sys.stdout.write('%d\\n' % server.getsockname()[1]); sys.stdout.flush()",
    'time.sleep(60)',
  ]
  const child = spawn('python3', ['-c', program.join('\n')], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return {
    port: Number(line.toString()),
    [Symbol.asyncDispose]: async () => {
      child.kill()
      await once(child, 'exit')
    },
  }
}

async function shutPort(): Promise<number> {
  const server: Server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return port
}

describe('from members, through exec', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'zkops-network-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('each member that has one is looked from; one that cannot be run on is said', async () => {
    const listeners = await Promise.all([1, 2, 3, 4, 5].map(() => fakeMember({ kind: 'silent' })))
    const shut = await shutPort()
    const membership = [1, 2].map((id) => {
      const quorum = id === 1 ? listeners[0]!.port : shut
      return `server.${id}=127.0.0.1:${quorum}:${listeners[id]!.port}:participant`
    })
    const words = (id: number, mode: 'leader' | 'follower') => fakeWords({ id, mode, zxid: '0x5', membership })
    await using one = await fakeMember({ kind: 'words', words: words(1, 'leader') })
    await using two = await fakeMember({ kind: 'words', words: words(2, 'follower') })
    const inventory = join(folder, 'zkops.yaml')
    const server = (id: number, port: number, exec: string) =>
      `{id: ${id}, host: 127.0.0.1, exec: ${exec}, ports: {client: ${port}, admin: null}}`
    const write = (first: string, second: string) =>
      writeFileSync(
        inventory,
        `ensembles: {e: {timeout: 1s, servers: [${server(1, one.port, first)}, ${server(2, two.port, second)}]}}\n`,
      )
    write('sh -c', 'sh -c')
    const good = await checkNetwork({ inventory, hereOnly: false }, SIGNAL)
    await expectValid('health-network', good)
    expect(good.findings).toEqual([])
    expect([good.verdict, good.leader, good.views.map(({ from }) => from)]).toEqual(['ok', '1', ['here', '1', '2']])
    expect(good.links.filter(({ port }) => port === 'quorum').map(({ from, verdict }) => `${from} ${verdict}`)).toEqual(
      [...['here ok', 'here idle', '1 idle', '2 ok']],
    )

    write('/bin/false', `'sh -c "echo hello; exit 3"'`)
    const bad = await checkNetwork({ inventory, hereOnly: false }, SIGNAL)
    expect(bad.findings.map(({ code, member }) => `${code} ${member}`)).toEqual([
      ...['network.no-view 1', 'network.no-view 2'],
    ])
    expect(bad.findings[1]!.message).toContain('hello')

    const here = await checkNetwork({ inventory, hereOnly: true }, SIGNAL)
    expect(here.findings.map(({ code }) => code)).toEqual(['network.here-only'])
    const text = networkText(here, createStyle({ color: false, unicode: false }))
    expect(text).toMatch(/^e: nothing is seen in the way; 6 ports tried from this machine; server 1 leads\n/)
    await Promise.all(listeners.map((listener) => listener[Symbol.asyncDispose]()))
  })
})
