import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withSession } from '../../src/cluster/client/session.ts'
import { freePorts } from '../../src/sandbox/ports.ts'
import { canary, PATIENT, until } from '../helpers/canary.ts'
import { zkops } from '../helpers/cli.ts'
import { connectedSessions } from '../helpers/cluster-clients.ts'
import { startEnsemble, type TestEnsemble } from '../helpers/ensemble.ts'
import { makeCertificates, type TestCertificates, tlsProperties } from '../helpers/tls.ts'

/* Canaries where something is in the way. */

test('a member down, then no quorum and one that only reads, then nobody', async () => {
  await using ensemble = await startEnsemble({ members: 3, jvmFlags: ['-Dreadonlymode.enabled=true'] })
  const follower = (await ensemble.observe()).servers.find(({ state }) => state === 'following')!.id
  await ensemble.kill(follower)
  const one = await canary(ensemble.connect)
  expect(one).toMatchObject({ exitCode: 1, result: { status: 'critical' }, codes: [`canary.not-serving ${follower}`] })
  expect(one.result.members.filter(({ ok }) => ok)).toHaveLength(2)
  const [second, last] = [1, 2, 3].filter((id) => id !== follower) as [number, number]
  await ensemble.kill(second)
  const reads = async () => (await canary(ensemble.connect)).result.members.some(({ state }) => state === 'read-only')
  expect(await until(reads, 30_000)).toBe(true)
  const none = await canary(ensemble.connect)
  expect(none).toMatchObject({ exitCode: 1, result: { status: 'critical' } })
  expect(none.result.members.find(({ id }) => id === last)).toMatchObject({
    ok: false,
    reason: expect.stringMatching(/only reads/),
  })
  await ensemble.kill(last)
  expect(await canary(ensemble.connect)).toMatchObject({ exitCode: 4, result: { status: 'critical' } })
})

describe('a server alone', () => {
  let ensemble: TestEnsemble
  let folder: string
  let files: TestCertificates
  let securePort: number
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'zkops-canary-'))
    files = await makeCertificates(folder)
    ;[securePort] = (await freePorts(1, new Set())) as [number]
    ensemble = await startEnsemble({ zookeeper: '3.8', members: 0, properties: tlsProperties(files, securePort) })
    await withSession({ connect: ensemble.connect, timeoutMs: 30_000 }, async (session) => {
      await session.create('/ops', null)
      await session.setAcl('/ops', [{ perms: 1, scheme: 'world', id: 'anyone' }])
    })
  })
  afterAll(async () => {
    await ensemble?.down()
    rmSync(folder, { recursive: true })
  })

  test('reads for itself', async () => {
    const { exitCode, result } = await canary(ensemble.connect)
    expect(exitCode).toBe(0)
    expect(result.members).toMatchObject([{ ok: true, state: 'standalone', reader: expect.anything() }])
  })

  test('where it is not allowed it is unknown; with a wrong password as well, and not with the right one', async () => {
    const there = ['--parent', '/ops/canary']
    const barred = { exitCode: 1, result: { status: 'unknown' } }
    const user = [...there, '--auth-user', 'super']
    for (const [args, password] of [
      [there, undefined],
      [user, 'wrong'],
    ] as const) {
      const tried = await canary(ensemble.connect, args, { env: { ZKOPS_PASSWORD: password } })
      expect(tried).toMatchObject(barred)
      expect(tried.codes.map((code) => code.split(' ')[0])).toEqual(['canary.not-allowed'])
    }
    const env = { ZKOPS_PASSWORD: await ensemble.password() }
    expect(await canary(ensemble.connect, user, { env })).toMatchObject({ exitCode: 0, codes: [] })
    expect(await canary(ensemble.connect, ['--parent', '/none/canary'])).toMatchObject({ exitCode: 1 })
    const nagios = await zkops(['health', 'canary', '--connect', ensemble.connect, ...there, '--format', 'nagios'])
    expect(nagios).toMatchObject({ exitCode: 3, stdout: expect.stringMatching(/^ZOOKEEPER UNKNOWN: canary: 0 of 1/) })
  })

  test('through TLS', async () => {
    const material = ['--tls-ca', files.ca, '--tls-cert', files.clientCert, '--tls-key', files.clientKey]
    const { exitCode, result } = await canary(`localhost:${securePort}`, material)
    expect({ exitCode, members: result.members.length }).toEqual({ exitCode: 0, members: 1 })
    expect(await connectedSessions(ensemble)).toEqual([])
  })

  test('for Nagios, for cron, and without the native client', async () => {
    const args = ['health', 'canary', '--connect', ensemble.connect, ...PATIENT]
    const nagios = await zkops([...args, '--format', 'nagios'])
    expect(nagios.exitCode).toBe(0)
    expect(nagios.stdout).toMatch(/^ZOOKEEPER OK: canary: 1 of 1 members passed \| 'create\w*'=[\d.]+ms;;;0;/)
    expect(await zkops([...args, '--quiet'])).toMatchObject({ exitCode: 0, stdout: '', stderr: '' })
    const hook =
      "export async function resolve(s, c, next) { if (s === 'zookeeper') throw new Error('no'); return next(s, c) }"
    writeFileSync(join(folder, 'hook.mjs'), hook)
    writeFileSync(
      join(folder, 'register.mjs'),
      "import { register } from 'node:module'\nregister('./hook.mjs', import.meta.url)\n",
    )
    const without = { nodeArgs: ['--import', join(folder, 'register.mjs')] }
    const result = await zkops(args, without)
    expect(result).toMatchObject({ exitCode: 4, stdout: '' })
    expect(result.stderr).toContain('npm install -g --allow-scripts=zookeeper zkops')
    const plugin = await zkops([...args, '--format', 'nagios'], without)
    expect(plugin).toMatchObject({ exitCode: 3, stdout: expect.stringMatching(/^ZOOKEEPER UNKNOWN: The native/) })
  })
})
