import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { HealthResult } from '../../src/operations/health/check.ts'
import { SCHEMAS } from '../../src/schemas/index.ts'
import { processIdentity } from '../../src/support/process-identity.ts'
import { BIN, run, zkops } from '../helpers/cli.ts'
import { type FakeMember, fakeMember, fakeWords } from '../helpers/fake-member.ts'
import { health, statesOf } from '../helpers/health.ts'
import { mayMount } from '../helpers/installed.ts'
import { testWith } from '../helpers/tools.ts'

/* What needs members that do what real ones do rarely: fakes that answer with the words of real servers. */

const folder = mkdtempSync(join(tmpdir(), 'zkops-health-'))
const members: FakeMember[] = []
let connect = ''
beforeAll(async () => {
  const ports: number[] = []
  const membership = () => [
    ...ports.map((port, i) => `server.${i + 1}=127.0.0.1:1${i}:2${i}:participant;127.0.0.1:${port}`),
    'version=100000000',
  ]
  for (const id of [1, 2, 3]) {
    const words = () =>
      fakeWords({ id, mode: id === 2 ? 'leader' : 'follower', zxid: '0x100000009', membership: membership() })
    members.push(
      await fakeMember({
        kind: 'words',
        get words() {
          return words()
        },
      }),
    )
  }
  ports.push(...members.map(({ port }) => port))
  connect = `127.0.0.1:${ports[0]}`
})
afterAll(async () => {
  for (const member of members) await member[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

const file = (name: string) => join(folder, name)
const check = (...args: string[]) => zkops(['health', 'check', '--connect', connect, ...args], { cwd: folder })

test('what is printed as JSON is what the schemas say', async () => {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true })
  const runs: readonly (readonly [string, string[]])[] = [
    ['health-check', ['health', 'check', '--connect', connect, '--json']],
    ['health-check', ['health', 'check', '--connect', '127.0.0.1:1', '--json', '--state', file('down.json')]],
    ['health-check', ['health', 'check', '--connect', connect, '--format', 'json']],
    ['ensemble-status', ['ensemble', 'status', '--connect', connect, '--json']],
    [
      'health-silence',
      ['health', 'silence', '--connect', connect, '--state', file('s.json'), '--for', '1m', '--why', 'x', '--json'],
    ],
    ['health-silence', ['health', 'silence', '--connect', connect, '--state', file('s.json'), '--end', '--json']],
  ]
  for (const [name, args] of runs) {
    const validate = ajv.compile(await SCHEMAS[name]!())
    const document = JSON.parse((await zkops(args)).stdout)
    expect(validate(document), `${name}: ${JSON.stringify(validate.errors)}`).toBe(true)
  }
})

test('a member that has another configuration, and one that is still syncing', async () => {
  const lines = ['server.1=127.0.0.1:1:2:participant;127.0.0.1:3', 'version=200000000']
  await using odd = await fakeMember({
    kind: 'words',
    words: fakeWords({ id: 5, mode: 'follower', zxid: '0x100000009', membership: lines }),
  })
  const differs = await health(['--connect', `${connect},127.0.0.1:${odd.port}`, '--only', 'config-differs'])
  expect(differs).toMatchObject({ exitCode: 1, status: 'warning', codes: ['health.config-differs'] })
  const text = 'This ZooKeeper instance is not currently serving requests\n'
  await using syncing = await fakeMember({ kind: 'words', words: { srvr: text, mntr: text, conf: text } })
  const args = ['--connect', `${connect},127.0.0.1:${syncing.port}`, '--state', file('syncing.json')]
  const first = await health(args)
  expect(first).toMatchObject({ exitCode: 1, status: 'warning' })
  expect(first.codes).toEqual([`health.not-serving 127.0.0.1:${syncing.port}`])
  const state = JSON.parse(readFileSync(file('syncing.json'), 'utf8'))
  const key = `health.not-serving 127.0.0.1:${syncing.port}`
  state.breaches[key].since = new Date(Date.now() - 60_000).toISOString()
  writeFileSync(file('syncing.json'), JSON.stringify(state))
  expect(await health(args)).toMatchObject({ exitCode: 1, status: 'critical' })
})

/** What the collector refuses: a family twice, a series twice, a timestamp, no newline at the end. */
function series(text: string): ReadonlyMap<string, number> {
  expect(text.endsWith('\n')).toBe(true)
  const values = new Map<string, number>()
  const families = new Set<string>()
  let family = ''
  for (const line of text.trimEnd().split('\n')) {
    const head = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line)
    if (head !== null) {
      if (head[1] === 'HELP') expect(families.has(head[2]!)).toBe(false)
      families.add(head[2]!)
      family = head[2]!
      continue
    }
    const sample = /^(zkops_\w+)(\{(?:\w+="(?:[^"\\]|\\.)*",?)+\}) (-?[\d.e+-]+)$/.exec(line)
    expect(sample?.[1], line).toBe(family)
    expect(values.has(sample![1]! + sample![2]!)).toBe(false)
    values.set(sample![1]! + sample![2]!, Number(sample![3]))
  }
  return values
}

describe('Nagios', () => {
  test('one first line with perfdata, exit 0; a limit of its own makes it 1', async () => {
    const { exitCode, stdout } = await check('--format', 'nagios')
    expect(exitCode).toBe(0)
    const [first, ...details] = stdout.trimEnd().split('\n')
    const [text, perfdata] = first!.split(' | ')
    expect(text).toBe('ZOOKEEPER OK: 3 of 3 voters synced; can lose 1; leader 2')
    for (const one of perfdata!.split(' ')) expect(one).toMatch(/^'\w+'=-?\d+(\.\d+)?(ms|B|c)?;[\d.]*;[\d.]*;0;$/)
    expect(perfdata).toContain("'latency_1'=0.5ms;50;200;0;")
    for (const line of details) expect(line).toMatch(/^info health\./)
    const warned = await check('--format', 'nagios', '--warn', 'avg-latency=0.5', '--critical', 'avg-latency=off')
    expect(warned.exitCode).toBe(1)
    expect(warned.stdout).toMatch(/^ZOOKEEPER WARNING: .* - server 1: its requests take 0\.5 ms on average \| /)
    const one = await check('--format=nagios', '--server', '3')
    expect(one.exitCode).toBe(0)
  })

  test('members that do not say their ids have labels of their own', async () => {
    const words = { srvr: fakeWords({ id: 1, mode: 'follower', zxid: '0x5' }).srvr! }
    await using one = await fakeMember({ kind: 'words', words })
    await using two = await fakeMember({ kind: 'words', words })
    const places = [one, two].map(({ port }) => `127.0.0.1:${port}`)
    const args = ['health', 'check', '--connect', places.join(','), '--format']
    const { stdout } = await zkops([...args, 'nagios'])
    const labels = [
      ...stdout
        .split(' | ')[1]!
        .split('\n')[0]!
        .matchAll(/'([^']+)'=/g),
    ].map(([, label]) => label!)
    expect(new Set(labels).size).toBe(labels.length)
    for (const place of places) expect(labels).toEqual(expect.arrayContaining([`latency_${place}`, `up_${place}`]))
    expect(stdout).toContain('info health.blind: no member shows its metrics beyond those of srvr')
    const prometheus = series((await zkops([...args, 'prometheus'])).stdout)
    for (const place of places) {
      const of = `{cluster="${places.join(',')}",sid="?",host="${place}"}`
      expect(prometheus.get(`zkops_member_latency_seconds${of}`)).toBe(0.0005)
    }
  })

  test.each([
    [['--format', 'nagios', '--no-such-flag']],
    [['--format=nagios', '--warn', 'nothing=1']],
    [['--format', 'nagios', '--server', '99']],
    [['--format', 'nagios', '--config', 'no/such/zoo.cfg']],
  ])('%j is UNKNOWN, exit 3, on stdout', async (args) => {
    const { exitCode, stdout } = await check(...args)
    expect(exitCode).toBe(3)
    expect(stdout).toMatch(/^ZOOKEEPER UNKNOWN: [^\n]+\n$/)
  })
})

describe('Prometheus', () => {
  test('a file for the collector, written as a whole, exit 0; a total failure is in it', async () => {
    const { exitCode, stdout } = await check('--format', 'prometheus', '--output', file('zk.prom'))
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' })
    const good = series(readFileSync(file('zk.prom'), 'utf8'))
    expect(good.get(`zkops_check_success{cluster="${connect}"}`)).toBe(1)
    expect(good.get(`zkops_check_status{cluster="${connect}",check="all"}`)).toBe(0)
    expect(good.get(`zkops_member_latency_seconds{cluster="${connect}",sid="1",host="${connect}"}`)).toBe(0.0005)
    expect(good.get(`zkops_member_epoch_transactions{cluster="${connect}",sid="1",host="${connect}"}`)).toBe(9)
    expect(readdirSync(folder).filter((name) => name.includes('zk.prom'))).toEqual(['zk.prom'])
    const args = ['--format', 'prometheus', '--output', file('zk.prom')]
    const failed = await zkops(['health', 'check', '--ensemble', 'nowhere', ...args], { cwd: folder })
    expect(failed.exitCode).toBe(2)
    const bad = series(readFileSync(file('zk.prom'), 'utf8'))
    expect(bad.get('zkops_check_success{cluster="nowhere"}')).toBe(0)
    expect(bad.get('zkops_check_status{cluster="nowhere",check="all"}')).toBe(3)
  })

  testWith('promtool')('promtool has nothing to say to any of it', async () => {
    await check('--format', 'prometheus', '--output', file('healthy.prom'))
    const down = ['--connect', '127.0.0.1:1', '--format', 'prometheus', '--output', file('down.prom')]
    await zkops(['health', 'check', ...down])
    await zkops(['health', 'check', '--ensemble', 'no "such"\\', ...down.slice(2, 5), file('failed.prom')], {
      cwd: folder,
    })
    for (const name of ['healthy.prom', 'down.prom', 'failed.prom']) {
      const { exitCode, stdout, stderr } = await run('promtool', ['check', 'metrics'], {
        input: readFileSync(file(name)),
      })
      expect({ name, exitCode, stdout, stderr }).toEqual({ name, exitCode: 0, stdout: '', stderr: '' })
    }
  })

  test('a name that the collector would not read is refused', async () => {
    expect((await check('--format', 'prometheus', '--output', file('zk.txt'))).exitCode).toBe(2)
    expect(existsSync(file('zk.txt'))).toBe(false)
  })
})

/** Whole, but for what is said. */
function stateWith(parts: Readonly<Record<string, unknown>>): string {
  const empty = { members: {}, places: {}, breaches: {}, leaderChanges: [] }
  return JSON.stringify({ form: 1, target: connect, at: '2026-01-01T00:00:00.000Z', ...empty, ...parts })
}

describe('the state', () => {
  test('is written as a whole, and not at all with --connect alone', async () => {
    const before = readdirSync(folder)
    await check()
    expect(readdirSync(folder)).toEqual(before)
    await check('--state', file('whole.json'))
    const state = JSON.parse(readFileSync(file('whole.json'), 'utf8'))
    expect(state).toMatchObject({ form: 1, target: connect, leader: 2 })
    expect(state.members['1']).toMatchObject({ highestZxid: '0x100000009', state: 'following' })
    expect(readdirSync(folder).filter((name) => name.includes('whole'))).toEqual(['whole.json'])
  })

  test.each([
    ['damaged', () => '{"form":1,"at"'],
    ['empty', () => ''],
    ['of another form', () => '{"form":99}'],
    ['with a zxid that is none', () => stateWith({ members: { 1: { metrics: {}, highestZxid: 'ab' } } })],
    ['with a member that remembers nothing', () => stateWith({ members: { 1: { highestZxid: null } } })],
    ['with a breach without a moment', () => stateWith({ breaches: { 'health.x ': { runs: 1 } } })],
    ['of another ensemble', () => stateWith({ target: 'other' })],
  ])('%s counts as none, is told, and is replaced', async (_what, content) => {
    writeFileSync(file('bad.json'), content())
    const { status, exitCode, result } = await health(['--connect', connect, '--state', file('bad.json')])
    expect({ status, exitCode }).toEqual({ status: 'ok', exitCode: 0 })
    expect(result.findings.map(({ code }) => code)).toContain('health.state-ignored')
    expect(JSON.parse(readFileSync(file('bad.json'), 'utf8')).target).toBe(connect)
  })

  test('that cannot be written does not hide the verdict', async () => {
    writeFileSync(file('plain'), '')
    const { status, codes, result } = await health(['--connect', connect, '--state', file('plain/state.json')])
    expect(status).toBe('warning')
    expect(codes).toEqual(['health.state-unwritten'])
    expect(result.quorum.serving).toBe(3)
  })

  test.skipIf(!mayMount)('on a disk that is full is told, keeps the one before, and leaves nothing half', async () => {
    const once = `${process.execPath} ${BIN} health check --connect ${connect} --state full/state.json --json`
    const script = [
      'mkdir full && mount -t tmpfs -o size=64k tmpfs full',
      `${once} >first.json && cp full/state.json before`,
      'cat /dev/zero >full/rest 2>/dev/null; rc=0',
      `${once} >second.json || rc=$?`,
      'cmp full/state.json before && ls -A full && exit $rc',
    ]
    const { exitCode, stdout, stderr } = await run('unshare', ['-rm', 'sh', '-c', script.join('\n')], { cwd: folder })
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' })
    expect(stdout.trim().split('\n').sort()).toEqual(['rest', 'state.json'])
    const { status, quorum, findings } = JSON.parse(readFileSync(file('second.json'), 'utf8')) as HealthResult
    expect({ status, serving: quorum.serving }).toEqual({ status: 'warning', serving: 3 })
    expect(findings.filter(({ severity }) => severity !== 'info')).toMatchObject([
      { code: 'health.state-unwritten', message: expect.stringMatching(/ENOSPC/) },
    ])
  })

  test('runs do not overlap; a lock whose owner is gone is none', async () => {
    const lock = file('.locked.json.lock')
    const { startedAt } = processIdentity(process.pid)!
    mkdirSync(join(lock, `${process.pid}-${startedAt}`), { recursive: true })
    const busy = await check('--state', file('locked.json'), '--timeout', '300ms')
    expect(busy.exitCode).toBe(5)
    expect(busy.stderr).toMatch(/another check of this target runs/)
    rmSync(lock, { recursive: true })
    mkdirSync(join(lock, '999999-1'), { recursive: true })
    expect((await check('--state', file('locked.json'))).exitCode).toBe(0)
    const parallel = await Promise.all([1, 2, 3, 4, 5].map(() => check('--state', file('locked.json'))))
    expect(parallel.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0])
  })
})

test('fifty members are one verdict in less than three seconds', async () => {
  const many: FakeMember[] = []
  const role = (id: number) => (id < 8 ? 'participant' : 'observer')
  const lines = () => many.map(({ port }, i) => `server.${i + 1}=127.0.0.1:1:2:${role(i + 1)};127.0.0.1:${port}`)
  for (let id = 1; id <= 50; id++) {
    const mode = id === 1 ? 'leader' : id < 8 ? 'follower' : 'observer'
    const words = () => fakeWords({ id, mode, zxid: '0x100000009', membership: [...lines(), 'version=100000000'] })
    many.push(
      await fakeMember({
        kind: 'words',
        get words() {
          return words()
        },
      }),
    )
  }
  const { exitCode, result } = await health(['--connect', `127.0.0.1:${many[0]!.port}`, '--warn', 'slow-answer=off'])
  // without the start of the program, which takes as long as the machine is busy
  expect(result.tookMs).toBeLessThan(3000)
  expect({ exitCode, quorum: result.quorum }).toEqual({
    exitCode: 0,
    quorum: { voters: 7, needed: 4, serving: 7, canLose: 3 },
  })
  expect(result.members).toHaveLength(50)
  for (const one of many) await one[Symbol.asyncDispose]()
})

test('status in a row, watched as lines of JSON, and no --json with it', async () => {
  const status = await zkops(['ensemble', 'status', '--connect', connect])
  expect(status.exitCode).toBe(0)
  expect(status.stdout.split('\n').slice(0, 3).join('\n')).toMatch(
    /: 3 of 3 voters synced; can lose 1; leader 2\nid +host +role/,
  )
  const refused = await zkops(['ensemble', 'status', '--connect', connect, '--watch', '--json'])
  expect(refused.exitCode).toBe(2)
  expect(refused.stderr).toContain('--format jsonl')
})

test('nothing of what a member says reaches the terminal raw', async () => {
  const words = fakeWords({ id: 1, mode: 'standalone', zxid: '0x5' })
  const srvr = words.srvr!.replace('Mode: standalone', 'Mode: standalone\nX: \x1b[2J')
  await using evil = await fakeMember({
    kind: 'words',
    words: { srvr, conf: 'serverId=\x1b[31m1\nmembership:\nserver.1=\x1b[2J:1:2' },
  })
  for (const args of [
    ['ensemble', 'status'],
    ['health', 'check'],
    ['health', 'check', '--format', 'nagios'],
  ]) {
    const { stdout } = await zkops([...args, '--connect', `127.0.0.1:${evil.port}`])
    expect(stdout).not.toContain('\x1b')
  }
  expect(statesOf(await health(['--connect', `127.0.0.1:${evil.port}`]))).toMatch(/standalone/)
})
