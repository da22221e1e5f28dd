import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { BIN, ROOT, zkops } from '../helpers/cli.ts'
import { startEnsemble, type TestEnsemble } from '../helpers/ensemble.ts'
import { FULL } from '../helpers/fixtures.ts'
import { type Load, startLoad } from '../helpers/roll-load.ts'
import { pids, roll } from '../helpers/roller.ts'

vi.setConfig({ testTimeout: 3_600_000, hookTimeout: 120_000 })

const FAULTS = join(ROOT, 'test/helpers/faults.mjs')
const folder = mkdtempSync(join(tmpdir(), 'zkops-roll-faults-'))
let ensemble: TestEnsemble
let load: Load

beforeAll(async () => {
  ensemble = await startEnsemble({ members: 3 })
  load = await startLoad(ensemble.connect)
})
afterAll(async () => {
  await load?.lost()
  await ensemble?.down()
  rmSync(folder, { recursive: true, force: true })
})

const args = () => ['roll', 'restart', '--settle', '50ms', '--execute', '--connect', ensemble.connect]

/** Killed somewhere, it is gone on with: whoever was done keeps its process, everybody ends with another one. */
async function finish(title: string, before: readonly (number | null)[]): Promise<void> {
  const status = await roll(ensemble, ['status'])
  const begun = status.exitCode === 1
  const steps = status.result.changes!.flatMap((change) => change.steps)
  const between = await pids(ensemble)
  const done = steps.filter(({ state }) => state === 'done').length
  const again = await roll(ensemble, ['resume', '--execute'])
  expect(again.exitCode, `${title}: ${again.text}`).toBe(0)
  expect(again.result.outcome, title).toBe(begun ? 'done' : 'nothing')
  const after = await pids(ensemble)
  const fresh = after.filter((pid, i) => pid !== null && pid !== before[i]).length
  // nothing was begun, or it was over already
  expect(begun ? [3] : [0, 3], `${title}: ${again.text}`).toContain(fresh)
  const kept = after.filter((pid, i) => pid === between[i] && pid !== before[i]).length
  if (begun) expect(kept, title).toBeGreaterThanOrEqual(done)
  expect((await roll(ensemble, ['status'])).exitCode, title).toBe(0)
}

test('killed at any change to a file', async () => {
  const counted = join(folder, 'count')
  const faulty = (env: Record<string, string>) => zkops(args(), { env, nodeArgs: ['--import', FAULTS] })
  const plain = await faulty({ ZKOPS_FAULT_COUNT: counted })
  expect(plain.exitCode, plain.stderr + plain.stdout).toBe(0)
  const steps = Number(readFileSync(counted, 'utf8'))
  expect(steps).toBeGreaterThan(15)
  const points = FULL ? Array.from({ length: steps }, (_, i) => i + 1) : [Math.round(steps / 2)]
  for (const at of points) {
    const before = await pids(ensemble)
    const { signal } = await faulty({ ZKOPS_FAULT: 'KILL', ZKOPS_FAULT_AT: String(at) })
    expect(signal, `killed at ${at} of ${steps}`).toBe('SIGKILL')
    await finish(`killed at ${at} of ${steps}`, before)
  }
})

test.skipIf(!FULL)('killed at any time', async () => {
  const times = Array.from({ length: 30 }, (_, i) => 700 + i * 250)
  for (const afterMs of times) {
    const before = await pids(ensemble)
    const child = spawn(process.execPath, [BIN, ...args()], { env: { ...process.env, NODE_ENV: undefined } })
    const timer = setTimeout(() => child.kill('SIGKILL'), afterMs)
    await new Promise((resolve) => child.once('close', resolve))
    clearTimeout(timer)
    await finish(`killed after ${afterMs} ms`, before)
  }
})

test('no acknowledged write was lost', async () => {
  expect(await load.lost()).toBe(0)
})
