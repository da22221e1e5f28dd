import { spawn } from 'node:child_process'
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { aloneIn } from '../../src/datadir/change-lock.ts'
import { applySwap, prepareSwap } from '../../src/datadir/swap-files.ts'
import { PURGE_FINDINGS } from '../../src/operations/data-dir/findings.ts'
import { type PurgeOptions, planPurge } from '../../src/operations/data-dir/purge.ts'
import { planUndo } from '../../src/operations/data-repair/undo.ts'
import { restore } from '../../src/operations/restore.ts'
import { noProgress } from '../../src/support/progress.ts'
import { FIXTURES } from '../helpers/fixtures.ts'
import { runJava, startOn } from '../helpers/oracle.ts'

const folder = mkdtempSync(join(tmpdir(), 'zkops-purge-'))
afterAll(() => rmSync(folder, { recursive: true }))
const common = { juteMaxbuffer: 1_048_575, progress: noProgress, signal: new AbortController().signal }

/** Real files: snapshots 0, 38, 49, 6c (snappy) and logs 1, 3a, 4a, 6e of 3.8.6, all in one directory. */
function stage(source = '3.8.6/snappy'): string {
  const place = mkdtempSync(join(folder, 'case-'))
  cpSync(join(FIXTURES, source, 'data'), place, { recursive: true })
  cpSync(join(FIXTURES, source, 'datalog/version-2'), join(place, 'version-2'), { recursive: true })
  return place
}

const plan = (directory: string, options: Partial<PurgeOptions>) => planPurge({ ...common, directory, ...options })
const names = (place: string) => readdirSync(join(place, 'version-2')).sort()

async function purged(place: string, options: Partial<PurgeOptions>) {
  const change = await plan(place, options)
  expect(change.refused).toBe(null)
  expect(Object.keys(PURGE_FINDINGS)).toEqual(expect.arrayContaining(change.findings.map(({ code }) => code)))
  if (change.plan.steps.length > 0) {
    const { verified, stepsDone } = await change.apply()
    expect(stepsDone).toBe(change.plan.steps.length)
    expect(verified.map(({ ok }) => ok)).toEqual([true])
  }
  return change
}

function spoil(place: string, name: string, at = 200): void {
  const file = join(place, 'version-2', name)
  const bytes = readFileSync(file)
  bytes[Math.min(at, bytes.length - 60)]! ^= 0xff
  writeFileSync(file, bytes)
}

const SOUND = ['3.5.10', '3.6.4', '3.7.2', '3.8.6', '3.9.5'].map((release) => `${release}/standalone`)

describe('on sound directories it keeps what PurgeTxnLog keeps', () => {
  test.each([3, 4])('of %i snapshots', async (keep) => {
    const cases = [...SOUND, '3.8.6/snappy', '3.8.6/gzip'].map((source) => [stage(source), stage(source)] as const)
    for (const [ours] of cases) await purged(ours, { keep })
    const lines = cases.map(([, theirs]) => `${theirs}\t${theirs}\t${keep}\n`)
    await runJava('3.8.6', 'PurgeOracle', [], lines.join(''))
    for (const [ours, theirs] of cases) expect(names(ours)).toEqual(names(theirs))
  })
})

test.each([
  [1, ['log.4a', 'log.6e', 'snapshot.6c.snappy']],
  [2, ['log.3a', 'log.4a', 'log.6e', 'snapshot.49.snappy', 'snapshot.6c.snappy']],
  [3, ['log.1', 'log.3a', 'log.4a', 'log.6e', 'snapshot.38.snappy', 'snapshot.49.snappy', 'snapshot.6c.snappy']],
])('--keep %i', async (keep, left) => {
  const place = stage()
  const last = async () => (await restore({ ...common, snapshots: [place], logs: [place] })).tree.digest()
  const before = await last()
  const { plan } = await purged(place, { keep })
  // the log named at or below the oldest snapshot stays
  expect(names(place)).toEqual(left)
  expect(await last()).toEqual(before)
  expect(plan.loses).toMatchObject(
    keep === 1
      ? { firstZxid: 0x1n, lastZxid: 0x49n, txns: 0x49 }
      : keep === 2
        ? { firstZxid: 0x1n, lastZxid: 0x39n, txns: 0x39 }
        : { firstZxid: null, txns: 0 },
  )
})

test('V9: damaged snapshots do not count, the only good one stays, where PurgeTxnLog leaves nothing that starts', async () => {
  const places = [stage(), stage()]
  for (const place of places) for (const zxid of ['38', '49', '6c']) spoil(place, `snapshot.${zxid}.snappy`)
  const before = names(places[0]!)
  const { findings } = await purged(places[0]!, { keep: 3 })
  expect(findings.map(({ code }) => code)).toEqual([...Array(3).fill('purge.bad-snapshot'), 'purge.keeps-all'])
  expect(names(places[0]!)).toEqual(before)
  await purged(places[0]!, { keep: 1 })
  expect(names(places[0]!)).toEqual(before)
  await runJava('3.8.6', 'PurgeOracle', [], `${places[1]}\t${places[1]}\t3\n`)
  const [ours, theirs] = await startOn('3.8.6', places)
  expect(ours!.serves).toBe(true)
  expect(theirs!.serves).toBe(false)
})

test('a hole in the logs: what lies before it is no snapshot to count on', async () => {
  const place = stage()
  rmSync(join(place, 'version-2/log.4a'))
  const before = names(place)
  const { findings } = await purged(place, { keep: 2 })
  expect(findings.map(({ code }) => code)).toEqual(['purge.keeps-all'])
  expect(names(place)).toEqual(before)
})

test('damaged logs behind the oldest snapshot to keep: refused', async () => {
  const place = stage()
  spoil(place, 'log.6e', 80)
  const { refused, plan: none } = await plan(place, { keep: 1 })
  expect(refused?.code).toBe('refused.damaged')
  expect(none.steps).toEqual([])
})

test('logs that lie elsewhere: refused', async () => {
  const { refused } = await plan(join(FIXTURES, '3.8.6/standalone/data'), { keep: 1 })
  expect(refused?.code).toBe('refused.no-logs')
})

test('files of others stay', async () => {
  const place = stage()
  const mine = ['notes.txt', 'snapshot.0.snappy.bak', 'log.1.bak', 'currentEpoch', 'log.x']
  for (const name of mine) writeFileSync(join(place, 'version-2', name), 'mine')
  await purged(place, { keep: 1 })
  expect(names(place)).toEqual(expect.arrayContaining(mine))
})

test('every moment of a time can be restored afterwards', async () => {
  const place = stage()
  const copy = stage()
  const all = await restore({ ...common, snapshots: [place], logs: [place] })
  // into the third log: the snapshot before it must stay
  const log = readFileSync(join(place, 'version-2/log.4a'))
  const timeMs = Number(log.readBigInt64BE(16 + 32)) + 1
  await purged(place, { keepForMs: Date.now() - timeMs })
  expect(names(place)).not.toContain('snapshot.0.snappy')
  const from = BigInt(
    `0x${
      names(place)
        .find((name) => name.startsWith('snapshot'))!
        .split('.')[1]
    }`,
  )
  expect(from).toBeLessThanOrEqual(0x4an)
  for (let zxid = 0x4an; zxid <= all.proof.toZxid; zxid++) {
    const [one, other] = await Promise.all(
      [place, copy].map((data) =>
        restore({ ...common, snapshots: [data], logs: [data], until: { zxid }, allowAhead: false }),
      ),
    )
    expect(one!.tree.digest(), String(zxid)).toEqual(other!.tree.digest())
  }
  const young = stage()
  const before = names(young)
  await purged(young, { keepForMs: 100 * 365 * 86_400_000 })
  expect(names(young)).toEqual(before)
})

test('a file that a process has open stops it; what was deleted is not needed, and it goes on', async () => {
  const place = stage()
  const open = openSync(join(place, 'version-2/snapshot.38.snappy'), 'r')
  const holder = spawn('sleep', ['60'], { stdio: [open, 'ignore', 'ignore'] })
  closeSync(open)
  try {
    const change = await plan(place, { keep: 1 })
    await expect(change.apply()).rejects.toMatchObject({ code: 'stopped.purge' })
    expect(names(place)).not.toContain('snapshot.0.snappy')
    expect(names(place)).toContain('log.1')
  } finally {
    holder.kill()
    await new Promise((resolve) => holder.once('exit', resolve))
  }
  await purged(place, { keep: 1 })
  expect(names(place)).not.toContain('snapshot.38.snappy')
})

test('stopped after any number of steps, no snapshot is left that lacks a log', async () => {
  const place = stage()
  const { plan: whole } = await plan(place, { keep: 1 })
  const { toZxid } = (await restore({ ...common, snapshots: [place], logs: [place] })).proof
  const targets = whole.steps.map(({ target }) => basename(target))
  const snapshots = targets.filter((name) => name.startsWith('snapshot'))
  expect(targets).toEqual([...snapshots, ...targets.filter((name) => name.startsWith('log'))])
  for (let done = 0; done <= targets.length; done++) {
    const copy = stage()
    for (const name of targets.slice(0, done)) rmSync(join(copy, 'version-2', name))
    for (const name of names(copy).filter((one) => one.startsWith('snapshot'))) {
      const alone = mkdtempSync(join(folder, 'alone-'))
      mkdirSync(join(alone, 'version-2'))
      for (const file of names(copy).filter((one) => one === name || one.startsWith('log'))) {
        cpSync(join(copy, 'version-2', file), join(alone, 'version-2', file))
      }
      const { proof } = await restore({ ...common, snapshots: [alone], logs: [alone] })
      expect({ done, name, ...proof }).toMatchObject({ firstMismatch: null, toZxid })
    }
  }
})

test('repairs and other purges come before or after it; an interrupted repair first', async () => {
  const place = stage()
  const before = names(place)
  const change = await plan(place, { keep: 1 })
  const alone = await aloneIn(place)
  await alone(() => expect(change.apply()).rejects.toMatchObject({ code: 'refused.busy' }))
  const away = { kind: 'remove', target: join(place, 'version-2/snapshot.0.snappy') } as const
  const bundle = await prepareSwap(place, 'data repair', [away], common.signal)
  await expect(change.apply()).rejects.toMatchObject({ code: 'refused.moved' })
  expect((await plan(place, { keep: 1 })).refused?.code).toBe('refused.unfinished')
  expect(names(place)).toEqual(before)
  await applySwap(bundle)
  const { plan: then } = await purged(place, { keep: 1 })
  expect(then.steps.length).toBe(change.plan.steps.length - 1)
  // what was purged is not put back beside what is left
  expect((await planUndo({ words: [place] })).refused?.code).toBe('refused.changed')
})
