import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { BIN, ROOT, zkops } from '../helpers/cli.ts'
import { startEnsemble, type TestEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { type Joiner, type Operator, operatorOf } from '../helpers/operator.ts'
import { lostWrites, report, startWriter, type Writer } from '../helpers/writer.ts'

vi.setConfig({ testTimeout: 1_800_000, hookTimeout: 120_000 })

const FAULTS = join(ROOT, 'test/helpers/faults.mjs')
const folder = mkdtempSync(join(tmpdir(), 'zkops-reconfig-'))
let ensemble: TestEnsemble
let user: Operator
let joiner: Joiner
let writer: Writer

beforeAll(async () => {
  ensemble = await startEnsemble({ members: 3 })
  user = await operatorOf(ensemble, '3.9.5', folder)
  writer = await startWriter(ensemble.connect)
  joiner = await user.joiner(4)
  await joiner.reach('follower')
})
afterAll(async () => {
  await writer?.stop()
  await user?.[Symbol.asyncDispose]()
  await ensemble?.down()
  rmSync(folder, { recursive: true, force: true })
})

const command = (out: boolean) => ['reconfig', ...(out ? ['add', joiner.line] : ['remove', '4'])]
const args = (out: boolean) => [...command(out), ...user.access, '--execute']

/** Killed somewhere, it is gone on with, and ends where it was to end. */
async function finish(out: boolean, title: string): Promise<void> {
  const status = await user.reconfig(['status'])
  const begun = status.exitCode === 1
  const again = await user.reconfig(['resume', '--execute'])
  expect(again.exitCode, `${title}: ${again.text}`).toBe(0)
  expect(again.result.outcome, title).toBe(begun ? 'done' : 'nothing')
  if ((await user.members()) === (out ? '1 2 3' : '1 2 3 4')) {
    expect(begun, `${title}: begun, and resumed to nothing`).toBe(false)
    await user.done(...command(out).slice(1))
  }
  expect(await user.members(), title).toBe(out ? '1 2 3 4' : '1 2 3')
  expect((await user.reconfig(['status'])).exitCode, title).toBe(0)
}

test('killed at any change to a file', async () => {
  const counted = join(folder, 'count')
  const faulty = (out: boolean, env: Record<string, string>) =>
    zkops(args(out), { env: { ...user.env, ...env }, nodeArgs: ['--import', FAULTS] })
  const plain = await faulty(true, { ZKOPS_FAULT_COUNT: counted })
  expect(plain.exitCode, plain.stderr + plain.stdout).toBe(0)
  const steps = Number(readFileSync(counted, 'utf8'))
  expect(steps).toBeGreaterThan(8)
  let out = false
  const stride = FULL ? 1 : Math.ceil(steps / 2)
  for (let at = steps; at > 0; at -= stride) {
    const title = `killed at ${at} of ${steps}`
    // who was just taken out may be looking for the leader
    await joiner.reach('follower')
    const { signal, stdout, stderr } = await faulty(out, { ZKOPS_FAULT: 'KILL', ZKOPS_FAULT_AT: String(at) })
    expect(signal, `${title}: ${stderr}${stdout}`).toBe('SIGKILL')
    await finish(out, title)
    out = !out
  }
  if (out) await user.done(...command(true).slice(1))
})

test('killed at any time', async () => {
  let out = (await user.members()) === '1 2 3'
  const times = FULL ? Array.from({ length: 24 }, (_, i) => 500 + i * 60) : [900]
  for (const afterMs of times) {
    const child = spawn(process.execPath, [BIN, ...args(out)], { env: { ...process.env, ...user.env } })
    const timer = setTimeout(() => child.kill('SIGKILL'), afterMs)
    await new Promise((resolve) => child.once('close', resolve))
    clearTimeout(timer)
    if (child.signalCode === 'SIGKILL') await finish(out, `killed after ${afterMs} ms`)
    else expect(child.exitCode).toBe(0)
    out = !out
  }
})

test('given up: what was done stays, and the way back is told', async () => {
  const status = await user.reconfig(['abort'])
  expect(status.exitCode).toBe(0)
  expect((status.result as unknown as { change: unknown }).change).toBe(null)
})

test('no acknowledged write was lost', async () => {
  await writer.stop()
  expect(await lostWrites(ensemble.connect, writer)).toEqual([])
  report('killed and gone on with', writer)
})
