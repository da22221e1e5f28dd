import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { freePorts } from '../../src/sandbox/ports.ts'
import { run, zkops } from '../helpers/cli.ts'
import { startEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { health, healthUntil, statesOf, type Verdict } from '../helpers/health.ts'

/* Real ensembles of every line, and those that allow little. */

const LINES = FULL ? ['3.4', '3.5', '3.6', '3.7', '3.8'] : ['3.4']

describe.each(LINES)('%s', (zookeeper) => {
  test('a healthy ensemble is ok; a member that runs alone is not', async () => {
    await using ensemble = await startEnsemble({ zookeeper, members: 3 })
    const all = ensemble.connect
    const one = all.split(',')[0]!
    const verdict = await health(['--connect', zookeeper === '3.4' ? all : one])
    expect(verdict).toMatchObject({ exitCode: 0, status: 'ok', codes: [] })
    expect(verdict.result.quorum).toEqual({ voters: 3, needed: 2, serving: 3, canLose: 1 })
    expect(statesOf(verdict)).toMatch(/^1:\w+ing 2:\w+ing 3:\w+ing$/)
    // a member's own file; 3.4 names no client ports there, so that the others of this host are not seen
    for (const { id, config } of ensemble.status.servers) {
      const file = await health(['--config', config])
      expect(file, config).toMatchObject({ exitCode: 0, status: 'ok', codes: [] })
      if (zookeeper === '3.4') await expectUnseen(file, id, config)
      else expect(statesOf(file)).toMatch(/^1:\w+ing 2:\w+ing 3:\w+ing$/)
    }
    await using alone = await startEnsemble({ zookeeper, members: 0 })
    expect(await health(['--connect', alone.connect])).toMatchObject({ exitCode: 0, status: 'ok', codes: [] })
    const mistaken = await health(['--connect', `${all},${alone.connect}`])
    expect(mistaken).toMatchObject({ exitCode: 1, status: 'critical' })
    expect(mistaken.codes).toContain('health.standalone 0')
    const { leader } = verdict.result
    const [follower, other] = [1, 2, 3].filter((id) => id !== leader) as [number, number]
    await ensemble.kill(follower)
    const killed = await healthUntil(['--connect', all], ({ codes }) => codes.length > 1)
    expect(killed).toMatchObject({ exitCode: 1, status: 'critical' })
    expect(killed.codes).toEqual(['health.no-spare', `health.member-down ${placeOf(follower, all, zookeeper)}`])
    if (FULL) {
      await ensemble.pause(other)
      const args = ['--connect', all, '--timeout', '1s']
      const halted = await healthUntil(args, ({ codes }) => codes.includes('health.no-leader'))
      expect(halted).toMatchObject({ exitCode: 1, status: 'critical' })
      expect(halted.codes).toContain('health.no-quorum')
      await ensemble.resume(other)
      await healthUntil(['--connect', all], ({ result }) => result.quorum.serving === 2)
    }
    await ensemble.start(follower)
    const back = await healthUntil(['--connect', all], ({ codes }) => codes.length === 0)
    expect(back).toMatchObject({ exitCode: 0, status: 'ok' })
  }, 240_000)

  test('one address of 3.4 says that the others are not known', async () => {
    if (zookeeper !== '3.4') return
    await using ensemble = await startEnsemble({ zookeeper, members: 3 })
    const { result } = await health(['--connect', ensemble.connect.split(',')[0]!])
    expect(result.status).toBe('ok')
    expect(result.findings.map(({ code }) => code)).toContain('health.members-unknown')
  })
})

/** Only the member whose file it is, and what its own file does not say about the others. */
async function expectUnseen({ result }: Verdict, id: number, config: string): Promise<void> {
  expect(result.members.map(({ id: one, state }) => [one, state === 'unknown'])).toEqual(
    [1, 2, 3].map((one) => [one, one !== id]),
  )
  const leads = result.leader === id
  expect(result.quorum).toEqual({ voters: 3, needed: 2, serving: leads ? 3 : 1, canLose: leads ? 1 : 0 })
  const blind = result.findings.find(({ code }) => code === 'health.blind')
  expect(blind?.message).toMatch(/^server \d and server \d do not show anything: no client port is known$/)
  expect(blind?.remedy).toContain('ports.client in zkops.yaml')
  const { stdout } = await zkops(['ensemble', 'status', '--config', config])
  const others = leads
    ? `3 of 3 voters synced; can lose 1; leader ${id}`
    : '1 of 3 voters synced, 2 not seen; no leader seen'
  expect(stdout).toContain(`: ${others}`)
}

/** How a member that does not answer is called: no server of 3.4 tells the ids of the others. */
function placeOf(id: number, connect: string, zookeeper: string): string {
  return zookeeper === '3.4' ? connect.split(',')[id - 1]! : String(id)
}

test('only srvr is allowed and the AdminServer is off: the members are found by a session, and what is not seen is said', async () => {
  const properties = { '4lw.commands.whitelist': 'srvr', 'admin.enableServer': 'false' }
  await using ensemble = await startEnsemble({ members: 3, observers: 1, properties })
  const first = ensemble.connect.split(',')[0]!
  const verdict = await health(['--connect', first])
  expect(verdict).toMatchObject({ exitCode: 0, status: 'ok', codes: [] })
  expect(statesOf(verdict)).toMatch(/^1:\w+ing 2:\w+ing 3:\w+ing 4:observing$/)
  const blind = verdict.result.findings.filter(({ code }) => code === 'health.blind')
  expect(blind.map(({ remedy }) => remedy)).toContain('Set 4lw.commands.whitelist=srvr,mntr,conf to see it.')
  const { stdout } = await zkops(['health', 'check', '--connect', first])
  expect(stdout).toMatch(/no member shows its metrics beyond those of srvr: mntr is not in its whitelist/)
  // through an address that is in no configuration: it is not counted twice
  const { leader } = verdict.result
  const { clientPort } = ensemble.status.servers.find(({ id }) => id === leader)!
  const proxy = createServer((near) => {
    const far = connect({ host: '127.0.0.1', port: clientPort })
    near.on('error', () => far.destroy()).pipe(far)
    far.on('error', () => near.destroy()).pipe(near)
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const { port } = proxy.address() as { port: number }
  const mapped = await health(['--connect', `127.0.0.1:${port}`])
  expect(mapped).toMatchObject({ exitCode: 0, status: 'ok', codes: [], members: [{ id: null, state: 'leading' }] })
  proxy.close()
})

test('TLS: words on the secure client port, with certificates on both sides, and refused without', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-tls-'))
  const pem = join(folder, 'both.pem')
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const made = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')]
  await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '400', ...subject, ...made])
  writeFileSync(pem, ['key.pem', 'cert.pem'].map((name) => readFileSync(join(folder, name), 'utf8')).join(''))
  const [port] = await freePorts(1, new Set())
  await using server = await startEnsemble({
    members: 0,
    properties: {
      secureClientPort: port!,
      serverCnxnFactory: 'org.apache.zookeeper.server.NettyServerCnxnFactory',
      'ssl.keyStore.location': pem,
      'ssl.trustStore.location': join(folder, 'cert.pem'),
      'ssl.quorum.keyStore.location': pem,
      'ssl.quorum.trustStore.location': join(folder, 'cert.pem'),
      'admin.forceHttps': 'true',
      'admin.needClientAuth': 'true',
    },
  })
  expect(server.status.servers).toHaveLength(1)
  const secure = `127.0.0.1:${port}`
  const files = ['--tls-ca', join(folder, 'cert.pem')]
  const own = ['--tls-cert', join(folder, 'cert.pem'), '--tls-key', join(folder, 'key.pem')]
  expect(await health(['--connect', secure, ...files, ...own, '--skip', 'slow-answer'])).toMatchObject({
    exitCode: 0,
    status: 'ok',
  })
  const { adminPort } = server.status.servers[0]!
  const ports = `{secure: ${port}, client: null, admin: ${adminPort}}`
  const tls = '{ca: cert.pem, cert: cert.pem, key: key.pem}'
  const yaml = `ensembles:\n  one:\n    tls: ${tls}\n    servers:\n      - {id: 0, host: 127.0.0.1, ports: ${ports}}\n`
  writeFileSync(join(folder, 'zkops.yaml'), yaml)
  const inventory = ['--inventory', join(folder, 'zkops.yaml'), '--state', join(folder, 'state.json')]
  const admin = await health([...inventory, '--skip', 'slow-answer', '--timeout', '30s'])
  expect(admin).toMatchObject({ exitCode: 0, members: [{ id: 0, state: 'standalone', via: 'admin' }] })
  for (const args of [files, [], own]) {
    const refused = await health(['--connect', secure, ...args, '--timeout', '1500ms'])
    expect(refused, args.join(' ')).toMatchObject({ exitCode: 4, status: 'critical', codes: ['health.no-answer'] })
  }
  // where srvr is all that may be asked, a session through the same TLS tells who it is
  await server.down()
  const [second] = await freePorts(1, new Set())
  await using silent = await startEnsemble({
    members: 1,
    properties: {
      ...{ secureClientPort: second!, '4lw.commands.whitelist': 'srvr', 'admin.enableServer': 'false' },
      serverCnxnFactory: 'org.apache.zookeeper.server.NettyServerCnxnFactory',
      'ssl.keyStore.location': pem,
      'ssl.trustStore.location': join(folder, 'cert.pem'),
    },
  })
  expect(silent.status.servers).toHaveLength(1)
  const session = await health(['--connect', `127.0.0.1:${second}`, ...files, ...own, '--timeout', '10s'])
  expect(session).toMatchObject({ exitCode: 0, status: 'ok', members: [{ id: 1, state: 'leading', via: '4lw' }] })
  rmSync(folder, { recursive: true })
})
