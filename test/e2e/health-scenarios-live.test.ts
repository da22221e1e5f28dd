/* What goes wrong with real servers, one scenario after the other: verdict, exit code and text. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, connect as dial, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { withSession } from '../../src/cluster/client/session.ts'
import { freePorts } from '../../src/sandbox/ports.ts'
import { zkops } from '../helpers/cli.ts'
import { startEnsemble, type TestEnsemble } from '../helpers/ensemble.ts'
import { fakeMember } from '../helpers/fake-member.ts'
import { FULL } from '../helpers/fixtures.ts'
import { health, healthUntil } from '../helpers/health.ts'

/** What a busy machine brings with it is not looked for here. */
const CALM = ['--warn', 'slow-answer=off']

const folder = mkdtempSync(join(tmpdir(), 'zkops-scenarios-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function write(connect: string, path: string, times: number): Promise<void> {
  await withSession({ connect, timeoutMs: 60_000 }, async (session) => {
    await session.create(path, null)
    for (let i = 0; i < times; i++) await session.set(path, Buffer.from(`value ${i}`))
  })
}

const serverOf = ({ status }: TestEnsemble, id: number) => status.servers.find((one) => one.id === id)!
const at = (ensemble: TestEnsemble, id: number) => `127.0.0.1:${serverOf(ensemble, id).clientPort}`

/** In front of a leader: nothing that it says comes through, until it is opened. */
async function gateBefore(port: number) {
  const state = { open: false }
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = dial({ host: '127.0.0.1', port })
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => other.destroy())
    }
    near.pipe(far)
    if (state.open) far.pipe(near)
    else far.resume()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const end = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as { port: number }).port,
    open() {
      state.open = true
      end()
    },
    async [Symbol.asyncDispose]() {
      end()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Where a server's members stand; it names another file when they change. */
function dynamicFile(ensemble: TestEnsemble, id: number): string {
  return /^dynamicConfigFile=(.*)$/m.exec(readFileSync(serverOf(ensemble, id).config, 'utf8'))![1]!
}

/** Where a member that does not run finds a port of another one, by its own files. */
function pointAt(ensemble: TestEnsemble, id: number, other: number, which: 'quorum' | 'election', port: number): void {
  const file = dynamicFile(ensemble, id)
  const line = new RegExp(`^(server\\.${other}=127\\.0\\.0\\.1:${which === 'quorum' ? '' : '\\d+:'})\\d+`, 'm')
  writeFileSync(file, readFileSync(file, 'utf8').replace(line, `$1${port}`))
}

describe.each(FULL ? ['3.5', '3.6', '3.7', '3.8', '3.9'] : ['3.9'])('%s', (zookeeper) => {
  test('a follower is killed; is still syncing; is in step, with another configuration', async () => {
    await using ensemble = await startEnsemble({ zookeeper, members: 3 })
    await write(ensemble.connect, '/a', 20)
    const healthy = await healthUntil(['--connect', at(ensemble, 1), ...CALM], ({ status }) => status === 'ok')
    const leader = healthy.result.leader!
    const [follower, other] = [1, 2, 3].filter((id) => id !== leader) as [number, number]
    const state = join(folder, `syncing-${zookeeper}.json`)
    const args = ['--connect', at(ensemble, other), '--state', state, ...CALM]

    await ensemble.kill(follower)
    const killed = await healthUntil(args, ({ codes }) => codes.length > 0)
    expect(killed).toMatchObject({ exitCode: 1, status: 'critical' })
    expect(killed.codes).toEqual(['health.no-spare', `health.member-down ${follower}`])
    const { exitCode, stdout } = await zkops(['health', 'check', ...args])
    expect(exitCode).toBe(1)
    expect(stdout).toContain(`: CRITICAL: 2 of 3 voters synced; can lose 0; leader ${leader}`)
    expect(stdout).toMatch(/it does not answer: 127\.0\.0\.1:\d+ cannot be asked: ECONNREFUSED/)

    await using gate = await gateBefore(serverOf(ensemble, leader).quorumPort!)
    pointAt(ensemble, follower, leader, 'quorum', gate.port)
    const started = ensemble.start(follower).catch(() => {})
    const syncing = await healthUntil(args, ({ codes }) => codes.includes(`health.not-serving ${follower}`))
    expect(syncing).toMatchObject({ exitCode: 1, status: 'critical' })
    expect(syncing.codes.filter((code) => !/elections|restarted/.test(code))).toEqual([
      'health.no-spare',
      `health.not-serving ${follower}`,
    ])
    expect(syncing.members.find(({ id }) => id === follower)).toMatchObject({ state: 'looking' })
    const stuck = await healthUntil(args, ({ result }) =>
      result.findings.some(({ code }) => code === 'health.learners-stuck'),
    )
    expect(stuck.result.findings.find(({ code }) => code === 'health.learners-stuck')).toMatchObject({
      severity: 'info',
      message: `1 of 2 learners of server ${leader} are not synchronised`,
    })
    gate.open()
    await started
    // in step, and its file still names another port than those of the others
    const back = await healthUntil(
      ['--connect', at(ensemble, other), ...CALM],
      ({ result }) => result.quorum.serving === 3,
    )
    expect(back).toMatchObject({ exitCode: 1, status: 'warning', codes: ['health.config-differs'] })
    expect(back.result.findings[0]!.message).toContain(`server ${follower} has another configuration than`)
  }, 180_000)
})

test('a member whose configuration cuts it off serves reads only', async () => {
  await using ensemble = await startEnsemble({ members: 3, jvmFlags: ['-Dreadonlymode.enabled=true'] })
  await write(ensemble.connect, '/a', 20)
  await ensemble.stop(3)
  const [nobody] = await freePorts(1, new Set())
  for (const other of [1, 2]) pointAt(ensemble, 3, other, 'election', nobody!)
  const started = ensemble.start(3).catch(() => {})
  const args = ['--connect', ensemble.connect, ...CALM]
  const cutOff = await healthUntil(args, ({ codes }) => codes.includes('health.read-only 3'))
  expect(cutOff).toMatchObject({ exitCode: 1, status: 'critical' })
  expect(cutOff.codes).toEqual(['health.no-spare', 'health.read-only 3'])
  await ensemble.kill(3)
  await started
}, 180_000)

test('ports that answer garbage, without end or never, a wrong password: the verdict on the members stays', async () => {
  await using ensemble = await startEnsemble({ members: 3 })
  await using silent = await fakeMember({ kind: 'silent' })
  await using endless = await fakeMember({ kind: 'endless' })
  await using garbage = await fakeMember({ kind: 'garbage', bytes: Buffer.from([0xff, 0, 0x1b, 0x5b, 0x32, 0x4a]) })
  const odd = [silent, endless, garbage].map(({ port }) => `127.0.0.1:${port}`)
  const started = performance.now()
  const verdict = await health(['--connect', [ensemble.connect, ...odd].join(','), '--timeout', '1500ms', ...CALM])
  // twice the timeout and the start
  expect(performance.now() - started).toBeLessThan(6000)
  expect(verdict).toMatchObject({ exitCode: 1, status: 'warning' })
  expect([...verdict.codes].sort()).toEqual(odd.map((place) => `health.member-down ${place}`).sort())
  expect(verdict.result.quorum).toEqual({ voters: 3, needed: 2, serving: 3, canLose: 1 })
  const wrong = ['--connect', at(ensemble, 2), '--auth-user', 'super', ...CALM]
  const env = { ZKOPS_PASSWORD: 'wrong' }
  expect(await health(wrong, { env })).toMatchObject({ exitCode: 0, status: 'ok', codes: [] })
})

test('the counter of zxids near its end, and past it: no zxid goes back', async () => {
  // the servers' own switch for this test
  const jvmFlags = [`-Dzookeeper.testingonly.initialZxid=${0xffff_fff0}`]
  await using ensemble = await startEnsemble({ members: 3, jvmFlags })
  const state = join(folder, 'rollover.json')
  const args = ['--connect', at(ensemble, 1), '--state', state, ...CALM]
  await write(ensemble.connect, '/a', 2)
  const near = await healthUntil(args, ({ codes }) => codes.includes('health.zxid-rollover'))
  expect(near).toMatchObject({ exitCode: 1, status: 'critical', codes: ['health.zxid-rollover'] })
  expect(near.result.findings[0]!.message).toMatch(/^the zxid counter has reached 99\.99%/)
  // the leader resigns, and the new one begins at the same number
  await write(ensemble.connect, '/b', 20).catch(() => {})
  await write(ensemble.connect, '/c', 1)
  const past = await healthUntil(args, ({ result }) =>
    result.members.every(({ zxid }) => String(zxid).startsWith('0x2')),
  )
  expect(past.codes.filter((code) => /zxid-back|two-leaders|epoch-differs/.test(code))).toEqual([])
}, 180_000)
