import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withSession } from '../../src/cluster/client/session.ts'
import type { EnsembleConnections } from '../../src/operations/ensemble/clients/connections.ts'
import type { EnsembleSessions } from '../../src/operations/ensemble/clients/sessions.ts'
import type { EnsembleWatches } from '../../src/operations/ensemble/clients/watches.ts'
import { type HeldSession, holdSession } from '../../src/operations/live/held-session.ts'
import { freePorts } from '../../src/sandbox/ports.ts'
import { isAtLeast } from '../../src/sandbox/releases.ts'
import { BIN, zkops } from '../helpers/cli.ts'
import { startEnsemble, type TestEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { expectValid } from '../helpers/schema.ts'
import { makeCertificates, tlsProperties } from '../helpers/tls.ts'

/* Sessions, connections and watches of real servers, by words and by AdminServers. */

interface Results {
  readonly sessions: EnsembleSessions
  readonly connections: EnsembleConnections
  readonly watches: EnsembleWatches
}

async function ask<W extends keyof Results>(what: W, args: readonly string[]) {
  const { exitCode, stdout, stderr } = await zkops(['ensemble', what, ...args, '--timeout', '20s', '--json'])
  expect(stdout, stderr).toMatch(/^\{/)
  const result = JSON.parse(stdout) as Results[W]
  if (!('error' in result)) await expectValid(`ensemble-${what}`, result)
  const codes = (result.findings ?? []).map(({ code, member }) => `${code}${member === undefined ? '' : ` ${member}`}`)
  return { exitCode, result, codes }
}

const hex = (id: bigint) => `0x${id.toString(16)}`

const RELEASES = FULL ? ['3.4', '3.5', '3.6', '3.7', '3.8', '3.9'] : ['3.4', '3.9']

describe.each(RELEASES)('%s', (zookeeper) => {
  const modern = isAtLeast(zookeeper, '3.5')
  let ensemble: TestEnsemble
  let folder: string
  /** One with each member. */
  let held: HeldSession[]
  let ways: readonly (readonly [via: string, args: readonly string[]])[]
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'zkops-clients-'))
    ensemble = await startEnsemble({ zookeeper, members: 3, properties: { maxClientCnxns: 20 } })
    const servers = ensemble.status.servers.map(
      ({ id, clientPort, adminPort }) =>
        `      - {id: ${id}, host: 127.0.0.1, ports: {client: ${clientPort}, admin: ${adminPort ?? 'null'}}}`,
    )
    const inventory = join(folder, 'zkops.yaml')
    writeFileSync(inventory, `ensembles:\n  prod:\n    servers:\n${servers.join('\n')}\n`)
    ways = [
      ['4lw', ['--connect', ensemble.connect]],
      ...(modern ? [['admin', ['--inventory', inventory]] as const] : []),
    ]
    held = []
    for (const connect of ensemble.connect.split(',')) held.push(await holdSession({ connect, timeoutMs: 30_000 }))
    const [one, two] = held.map(({ session }) => session)
    await one!.create('/app', null)
    await one!.create('/app/lock', null, 'ephemeral')
    await one!.create('/app/members', null)
    for (let i = 0; i < 12; i++) await two!.create(`/app/members/m${i}`, null, 'ephemeral')
  })
  afterAll(async () => {
    for (const one of held ?? []) await one.close()
    await ensemble?.down()
    rmSync(folder, { recursive: true })
  })

  test('sessions: where each is connected, and what it holds', async () => {
    for (const [via, args] of ways) {
      const light = await ask('sessions', args)
      expect({ exitCode: light.exitCode, codes: light.codes }).toEqual({ exitCode: 0, codes: [] })
      const ids = held.map(({ session }) => hex(session.id))
      for (const [i, id] of ids.entries()) {
        const found = light.result.sessions.find((session) => String(session.id) === id)
        const { id: member } = ensemble.status.servers[i]!
        expect(found).toMatchObject({ member: String(member), secure: false, timeoutMs: 10_000, ephemerals: null })
        expect(found?.client).toMatch(/^127\.0\.0\.1:\d+$/)
        expect(found?.lastOperation).toMatch(/^\w{4}$/)
        expect(Math.abs(Date.now() - Date.parse(found!.connectedSince!))).toBeLessThan(300_000)
      }
      expect(light.result.members.map((member) => member.via)).toEqual([via, via, via])
      const heavy = await ask('sessions', [...args, '--heavy'])
      expect({ exitCode: heavy.exitCode, codes: heavy.codes }).toEqual({ exitCode: 0, codes: [] })
      const leader = (await ensemble.observe()).servers.find(({ state }) => state === 'leading')!.id
      expect(heavy.result.ephemeralsFrom).toBe(String(leader))
      const holds = (i: number) => heavy.result.sessions.find((session) => String(session.id) === ids[i])
      expect([0, 1, 2].map((i) => holds(i)?.ephemerals)).toEqual([1, 12, 0])
      expect(holds(0)?.paths).toEqual(['/app/lock'])
      expect(holds(1)?.paths).toHaveLength(10)
      if (modern && via === '4lw') expect(Math.abs(Date.parse(holds(0)!.expiresAt!) - Date.now())).toBeLessThan(60_000)
      const one = await ask('sessions', [...args, '--heavy', '--session', ids[1]!])
      expect(one.result.sessions).toMatchObject([{ id: ids[1], ephemerals: 12, paths: { length: 12 } }])
      expect((await ask('sessions', [...args, '--client', '10.0.0.1'])).result.sessions).toEqual([])
    }
  })

  test('with one address the others are found, or said to be unknown', async () => {
    const first = ['--connect', ensemble.connect.split(',')[0]!, '--heavy']
    const { exitCode, result, codes } = await ask('sessions', first)
    expect({ exitCode, codes }).toEqual({ exitCode: 0, codes: modern ? [] : ['clients.members-unknown'] })
    expect(result.members).toHaveLength(modern ? 3 : 1)
  })

  test('who holds a path, with and without the dump', async () => {
    const owner = hex(held[1]!.session.id)
    for (const heavy of [[], ['--heavy']]) {
      const words = [...ways.at(-1)![1], ...heavy]
      const { exitCode, result } = await ask('sessions', [...words, '--path', '/app/members/m3'])
      expect(exitCode).toBe(0)
      expect(result.path).toEqual({ path: '/app/members/m3', kind: 'ephemeral', owner })
      expect(result.sessions).toMatchObject([{ id: owner, member: String(ensemble.status.servers[1]!.id) }])
      const persistent = await ask('sessions', [...words, '--path', '/app'])
      expect(persistent.result).toMatchObject({ path: { kind: 'persistent', owner: null }, sessions: [] })
      const none = await ask('sessions', [...words, '--path', '/none'])
      expect(none).toMatchObject({ exitCode: 3, result: { error: { code: 'input.no-znode' } } })
    }
    const chroot = await ask('sessions', ['--connect', `${ensemble.connect}/app`, '--path', '/lock', '--heavy'])
    expect(chroot.result.path).toMatchObject({ kind: 'ephemeral', owner: hex(held[0]!.session.id) })
  })

  test('ephemerals of a client that was killed are told until its session is over', async () => {
    const all = ['--connect', ensemble.connect]
    const rounds = ['health', 'canary', ...all, '--performance', '--rounds', '100000']
    const child = spawn(process.execPath, [BIN, ...rounds], { stdio: 'ignore' })
    // it may be between two rounds when it is killed
    const { session } = held[0]!
    for (;;) {
      const names = await session.children('/zkops-canary').then(
        (found) => found.names,
        () => [],
      )
      if (names.length > 1) break
      await sleep(2)
    }
    const closed = once(child, 'close')
    child.kill('SIGKILL')
    await closed
    // what was on its way when it was killed may come yet
    await sleep(500)
    await session.sync('/zkops-canary')
    const left = (await session.children('/zkops-canary')).names
    const { exitCode, result } = await ask('sessions', [...ways.at(-1)![1], '--heavy'])
    const lonely = result.findings.filter(({ code }) => code === 'clients.no-connection')
    expect(lonely.map(({ path }) => path!.slice('/zkops-canary/'.length)).sort()).toEqual(left.toSorted())
    expect(exitCode).toBe(left.length > 0 ? 1 : 0)
    expect(result.sessions.filter(({ member }) => member === null).length).toBeGreaterThanOrEqual(lonely.length)
    expect((await zkops(['health', 'canary', ...all, '--timeout', '20s'])).stdout).toMatch(/3 of 3 members passed/)
  })

  test('connections: by client, and near the limit', async () => {
    const first = ensemble.connect.split(',')[0]!
    const more: HeldSession[] = []
    for (let i = 0; i < 15; i++) more.push(await holdSession({ connect: first, timeoutMs: 30_000 }))
    try {
      for (const [via, args] of ways) {
        const { exitCode, result, codes } = await ask('connections', args)
        const id = String(ensemble.status.servers[0]!.id)
        expect({ exitCode, codes }).toEqual({ exitCode: 1, codes: [`clients.near-limit ${id}`] })
        expect(result.members).toMatchObject([
          { via, connections: 16, secure: 0, limit: 20 },
          { via, connections: 1, limit: 20 },
          { via, connections: 1, limit: 20 },
        ])
        expect(result.clients).toMatchObject([
          {
            ...{ address: '127.0.0.1', connections: 18, sessions: 18, withoutSession: 0 },
            at: [{ member: id, connections: 16, limitPercent: 80 }, { connections: 1 }, { connections: 1 }],
          },
        ])
      }
    } finally {
      for (const one of more) await one.close()
    }
  })

  test('watches: how many of which kind, by path and by session', async () => {
    const [one, two, three] = held.map(({ session }) => session) as [
      HeldSession['session'],
      HeldSession['session'],
      HeldSession['session'],
    ]
    await one.create('/q', null)
    await one.create('/q/n-0000000001', null)
    const herd: HeldSession[] = []
    const second = ensemble.connect.split(',')[1]!
    for (let i = 0; i < 11; i++) herd.push(await holdSession({ connect: second, timeoutMs: 30_000 }))
    try {
      const watchers = [one, ...herd.map(({ session }) => session)]
      for (const session of watchers) {
        await session.sync('/q')
        await session.exists('/q/n-0000000001', () => {})
      }
      await one.exists('/q/other', () => {})
      await two.children('/q', () => {})
      await three.children('/q', () => {})
      for (const [via, args] of ways) {
        const light = await ask('watches', args)
        expect({ exitCode: light.exitCode, codes: light.codes }).toEqual({ exitCode: 0, codes: [] })
        expect(light.result.members).toMatchObject([
          { via, all: 2, data: 2, children: 0, sessions: 1, paths: 2 },
          { via, all: 12, data: 11, children: 1, sessions: 11, paths: 1 },
          { via, all: 1, data: 0, children: 1, sessions: 0, paths: 0 },
        ])
        expect(light.result.paths).toBeNull()
        const heavy = await ask('watches', [...args, '--heavy'])
        expect({ exitCode: heavy.exitCode, codes: heavy.codes }).toEqual({ exitCode: 1, codes: ['clients.herd'] })
        expect(heavy.result.paths).toEqual([
          { path: '/q/n-0000000001', sessions: 12 },
          { path: '/q/other', sessions: 1 },
        ])
        expect(heavy.result.sessions![0]).toMatchObject({ id: hex(one.id), watches: 2 })
        expect(heavy.result.sessions![0]!.client).toMatch(/^127\.0\.0\.1:\d+$/)
        const path = await ask('watches', [...args, '--heavy', '--path', '/q/other'])
        expect(path.result).toMatchObject({ paths: [{ sessions: 1 }], sessions: [{ id: hex(one.id), watches: 1 }] })
      }
      await one.delete('/q/n-0000000001')
      await two.sync('/q')
      if (isAtLeast(zookeeper, '3.6')) {
        const told = await ask('watches', ways.at(-1)![1])
        expect(told.result.members[1]!.fanOut).toMatchObject({ deleted: { most: 11 } })
        expect(told.codes).toEqual([`clients.herd ${ensemble.status.servers[1]!.id}`])
        expect(told.exitCode).toBe(0)
      }
    } finally {
      for (const each of herd) await each.close()
    }
  })
})

test('what a whitelist of srvr and no AdminServer hide is said, with the setting', async () => {
  const properties = { '4lw.commands.whitelist': 'srvr', 'admin.enableServer': 'false' }
  await using ensemble = await startEnsemble({ members: 0, properties })
  const args = ['--connect', ensemble.connect]
  for (const [what, word] of [
    ['sessions', 'cons'],
    ['connections', 'cons'],
    ['watches', 'wchs'],
  ] as const) {
    const { exitCode, result } = await ask(what, args)
    expect(exitCode).toBe(1)
    const [finding, ...more] = result.findings
    expect(more).toEqual([])
    expect(finding).toMatchObject({ code: 'clients.not-told', remedy: expect.stringContaining(`conf,${word}`) })
  }
  const { codes } = await ask('sessions', [...args, '--heavy'])
  expect(codes).toHaveLength(2)
})

test('both client ports are asked, and no session is called lonely when one cannot be', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-clients-'))
  const files = await makeCertificates(folder)
  const [securePort] = (await freePorts(1, new Set())) as [number]
  await using ensemble = await startEnsemble({
    zookeeper: '3.8',
    members: 0,
    properties: tlsProperties(files, securePort),
  })
  const material = ['--tls-ca', files.ca, '--tls-cert', files.clientCert, '--tls-key', files.clientKey]
  const tls = { ca: readFileSync(files.ca), cert: readFileSync(files.clientCert), key: readFileSync(files.clientKey) }
  const secure = { connect: `localhost:${securePort}`, timeoutMs: 30_000, tls }
  await withSession(secure, async (session) => {
    await session.create('/own', null, 'ephemeral')
    const id = hex(session.id)
    const blind = await ask('sessions', ['--connect', ensemble.connect, '--heavy'])
    expect(blind).toMatchObject({ exitCode: 1, codes: [expect.stringMatching(/^clients\.not-told/)] })
    expect(blind.result.sessions).toMatchObject([{ id, client: null, ephemerals: 1 }])
    const seen = await ask('sessions', ['--connect', `localhost:${securePort}`, ...material, '--heavy'])
    expect(seen).toMatchObject({ exitCode: 0, codes: [] })
    expect(seen.result.sessions).toMatchObject([
      { id, secure: true, ephemerals: 1, client: expect.stringMatching(/^127\.0\.0\.1:\d+$/) },
    ])
    const { id: server, clientPort, adminPort } = ensemble.status.servers[0]!
    const inventory = join(folder, 'zkops.yaml')
    const ports = `{client: ${clientPort}, admin: ${adminPort}}`
    writeFileSync(inventory, `ensembles: {prod: {servers: [{id: ${server}, host: 127.0.0.1, ports: ${ports}}]}}\n`)
    const admin = await ask('connections', ['--inventory', inventory])
    expect(admin.result.members).toMatchObject([{ via: 'admin', connections: 1, secure: 1 }])
  })
  rmSync(folder, { recursive: true })
})

test('nobody there is exit 4', async () => {
  const [port] = await freePorts(1, new Set())
  for (const what of ['sessions', 'connections', 'watches'] as const) {
    expect(await ask(what, ['--connect', `127.0.0.1:${port}`])).toMatchObject({ exitCode: 4 })
  }
})
