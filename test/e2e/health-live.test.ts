import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { withSession } from '../../src/cluster/client/session.ts'
import { zkops } from '../helpers/cli.ts'
import { startEnsemble, type TestEnsemble } from '../helpers/ensemble.ts'
import { health, healthUntil, statesOf } from '../helpers/health.ts'

/* One real ensemble of three voters and an observer through a bad night, each step with verdict, exit code and text. */

let ensemble: TestEnsemble
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-health-'))
  ensemble = await startEnsemble({ members: 3, observers: 1 })
  await write('/before')
})
afterAll(async () => {
  await ensemble.down()
  rmSync(folder, { recursive: true })
})

/** Transactions, so that zxids are those of real ones. */
async function write(path: string): Promise<void> {
  await withSession({ connect: ensemble.connect, timeoutMs: 60_000 }, async (session) => {
    await session.create(path, null)
    for (let i = 0; i < 20; i++) await session.set(path, Buffer.from(`value ${i}`))
  })
}

const server = (id: number) => ensemble.status.servers.find((one) => one.id === id)!
const at = (id: number) => `127.0.0.1:${server(id).clientPort}`
const inFolder = (name: string) => join(folder, name)
const text = (...args: string[]) => zkops(['health', 'check', ...args, '--timeout', '1500ms'])

function writeInventory(): string {
  const lines = ensemble.status.servers.map(({ id, role, clientPort, adminPort }) => {
    const zone = id === 3 || id === 4 ? 'west' : 'east'
    return `      - {id: ${id}, host: 127.0.0.1, role: ${role}, zone: ${zone}, ports: {client: ${clientPort}, admin: ${adminPort}}}`
  })
  writeFileSync(inFolder('zkops.yaml'), `ensembles:\n  prod:\n    servers:\n${lines.join('\n')}\n`)
  return inFolder('zkops.yaml')
}

test('healthy: by one address, all members are found, and nothing is wrong', async () => {
  const verdict = await health(['--connect', at(2)])
  expect(verdict).toMatchObject({ exitCode: 0, status: 'ok', codes: [] })
  expect(verdict.members.map(({ id, via }) => [id, via])).toEqual([1, 2, 3, 4].map((id) => [id, '4lw']))
  expect(verdict.result.quorum).toEqual({ voters: 3, needed: 2, serving: 3, canLose: 1 })
  const { exitCode, stdout } = await text('--connect', at(1))
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/: OK: 3 of 3 voters synced; can lose 1; leader \d since/)
  const quiet = await text('--connect', at(1), '--quiet')
  expect({ ...quiet, stderr: '' }).toMatchObject({ exitCode: 0, stdout: '' })
})

test('healthy: by the inventory, through the AdminServers; the zone that all hangs on is named', async () => {
  const inventory = writeInventory()
  const state = inFolder('inventory.json')
  // the next source starts after a third of it
  const patient = ['--timeout', '30s']
  const verdict = await health(['--inventory', inventory, '--state', state, '--warn', 'slow-answer=off', ...patient])
  expect(verdict.members.map(({ via }) => via)).toEqual(['admin', 'admin', 'admin', 'admin'])
  expect(verdict).toMatchObject({ exitCode: 1, status: 'warning', codes: ['health.domain-majority'] })
  // the first answers of an AdminServer are slow on a busy machine
  const args = ['--skip', 'domain-majority', 'slow-answer', ...patient]
  const again = await health(['--inventory', inventory, '--state', state, ...args])
  expect(again).toMatchObject({ exitCode: 0, status: 'ok', codes: [] })
})

test('the disks of members on this machine, with --local only', async () => {
  const limits = ['--warn', 'disk-usage=0', '--critical', 'disk-usage=off', '--only', 'disk-usage']
  const verdict = await health(['--connect', at(1), '--local', ...limits])
  expect(new Set(verdict.codes)).toEqual(new Set([1, 2, 3, 4].map((id) => `health.disk-usage ${id}`)))
  expect(verdict.result.findings[0]!.message).toMatch(/^the disk of \/.*\/version-2 is [\d.]+% full$/)
  expect((await health(['--connect', at(1), ...limits])).codes).toEqual([])
})

test('leaves no session, and no transaction', async () => {
  const before = (await health(['--connect', at(1)])).result.members.map(({ zxid }) => zxid)
  for (let i = 0; i < 3; i++) await health(['--connect', at(1)])
  const { result } = await health(['--connect', at(1)])
  expect(result.members.map(({ zxid }) => zxid)).toEqual(before)
})

test('a zxid that goes back, a leader that changed, a counter: through the state file', async () => {
  const state = inFolder('state.json')
  const args = ['--connect', at(1), '--state', state]
  expect(await health(args)).toMatchObject({ status: 'ok', codes: [] })
  const left = JSON.parse(readFileSync(state, 'utf8'))
  left.members['2'].highestZxid = '0x100000fff'
  left.leader = left.leader === 1 ? 2 : 1
  left.members['3'].metrics.looking_count -= 1
  writeFileSync(state, JSON.stringify(left))
  const verdict = await health(args)
  expect(verdict).toMatchObject({ exitCode: 1, status: 'critical' })
  expect([...verdict.codes].sort()).toEqual(['health.elections 3', 'health.leader-changed', 'health.zxid-back 2'])
  // the clock was put back: no rate is negative, nothing falls over
  const future = JSON.parse(readFileSync(state, 'utf8'))
  writeFileSync(state, JSON.stringify({ ...future, at: new Date(Date.now() + 86_400_000).toISOString() }))
  expect((await health(args)).codes).toEqual(['health.zxid-back 2'])
})

test('the observer is down: a warning, and nothing else', async () => {
  await ensemble.stop(4)
  const verdict = await health(['--connect', at(1)])
  expect(verdict).toMatchObject({ exitCode: 1, status: 'warning', codes: ['health.member-down 4'] })
  expect(verdict.result.quorum.canLose).toBe(1)
  await ensemble.start(4)
})

test('a follower hangs (SIGSTOP): it is down, in time, and none may be lost', async () => {
  const follower = (await health(['--connect', at(1)])).members.find(({ state }) => state === 'following')!.id!
  const other = [1, 2, 3].find((id) => id !== follower)!
  await ensemble.pause(follower)
  const started = performance.now()
  const verdict = await health(['--connect', at(other), '--timeout', '1500ms'])
  expect(performance.now() - started).toBeLessThan(4000)
  expect(verdict).toMatchObject({ exitCode: 1, status: 'critical' })
  expect(verdict.codes).toEqual(['health.no-spare', `health.member-down ${follower}`])
  const { exitCode, stdout } = await text('--connect', at(other), '--format', 'nagios')
  expect(exitCode).toBe(2)
  expect(stdout).toMatch(/^ZOOKEEPER CRITICAL: 2 of 3 voters synced; can lose 0; leader \d .* \| 'voters'=3;/)
  const probe = await health(['--connect', at(other), '--server', String(other)])
  expect(probe).toMatchObject({ exitCode: 0, status: 'ok' })
  await ensemble.resume(follower)
  await healthUntil(['--connect', at(1)], ({ status }) => status === 'ok')
})

test('the leader is killed: another leads, told against the state; silence makes it expected', async () => {
  const state = inFolder('kill.json')
  const { result } = await health(['--connect', at(4), '--state', state])
  const leader = result.leader!
  await write('/in-between')
  await health(['--connect', at(4), '--state', state])
  await ensemble.kill(leader)
  const args = ['--connect', at(4), '--state', state]
  const verdict = await healthUntil(['--connect', at(4)], ({ result: now }) => now.leader !== null && now.hasQuorum)
  expect(verdict.codes).toEqual(['health.no-spare', `health.member-down ${leader}`])
  const silence = ['health', 'silence', '--connect', at(4), '--state', state]
  expect((await zkops([...silence, '--for', '10m', '--why', 'new kernel'])).exitCode).toBe(0)
  const silenced = await health(args)
  expect(silenced).toMatchObject({ exitCode: 0, status: 'ok', codes: [] })
  expect(silenced.result.findings.map(({ message }) => message).join('\n')).toContain(
    'none may be lost (expected: new kernel)',
  )
  expect((await zkops([...silence, '--end'])).stdout).toContain('is not silenced')
  await ensemble.start(leader)
  const back = await healthUntil(args, ({ result: now }) => now.quorum.serving === 3)
  // it lost nothing, and that is not told as a zxid that went back
  expect(back.codes.filter((code) => code.startsWith('health.zxid-back'))).toEqual([])
  await healthUntil(['--connect', at(4)], ({ status }) => status === 'ok')
})

test('quorum is lost: critical, silenced or not; and when nobody answers, exit 4', async () => {
  const { result } = await health(['--connect', at(1)])
  const follower = [1, 2, 3].find((id) => id !== result.leader)!
  const state = inFolder('lost.json')
  const all = [1, 2, 3, 4].map(at).join(',')
  const args = ['--connect', all, '--state', state]
  expect(await health(args)).toMatchObject({ status: 'ok' })
  await zkops(['health', 'silence', ...args, '--for', '1h', '--why', 'moving'])
  await ensemble.kill(result.leader!, follower)
  const left = [1, 2, 3].find((id) => id !== result.leader && id !== follower)!
  const verdict = await healthUntil(args, ({ codes }) => codes.includes('health.no-quorum'))
  expect(verdict).toMatchObject({ exitCode: 1, status: 'critical' })
  expect(verdict.codes).toContain('health.no-quorum')
  expect(statesOf(verdict)).toContain(`${left}:looking`)
  const { stdout } = await text(...args)
  expect(stdout).toContain('0 of 3 voters synced; quorum is lost: 2 are needed; no leader seen')
  await ensemble.kill(left, 4)
  const prom = inFolder('zk.prom')
  expect((await text('--connect', all)).exitCode).toBe(4)
  expect((await text('--connect', all, '--format', 'nagios')).exitCode).toBe(2)
  expect((await text('--connect', all, '--format', 'prometheus', '--output', prom)).exitCode).toBe(0)
  expect(readFileSync(prom, 'utf8')).toMatch(/zkops_check_success\{.*\} 0\n/)
  expect((await zkops(['ensemble', 'status', '--connect', all])).exitCode).toBe(4)
})
