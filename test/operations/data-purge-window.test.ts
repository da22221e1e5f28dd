/*
 * data purge on directories of real servers and on damaged ones: whatever it leaves, every moment that it promises can
 * still be restored to the same tree, and what is not the server's own is not touched.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { snapshotFile } from '../../src/datadir/snapshot-files.ts'
import { planPurge } from '../../src/operations/data-dir/purge.ts'
import { restore } from '../../src/operations/restore.ts'
import { examineSnapshot } from '../../src/operations/verify-snapshot.ts'
import { noProgress } from '../../src/support/progress.ts'
import { randomDamage, Victim } from '../helpers/damages.ts'
import { copyTogether, historyOf } from '../helpers/doctor.ts'
import { FULL, seeded } from '../helpers/fixtures.ts'

const folder = mkdtempSync(join(tmpdir(), 'zkops-window-'))
afterAll(() => rmSync(folder, { recursive: true }))
const common = { juteMaxbuffer: 1_048_575, progress: noProgress, signal: new AbortController().signal }

const SOURCES = ['3.5.10', '3.6.4', '3.7.2', '3.8.6', '3.9.5'].flatMap((release) =>
  ['standalone', 'ensemble/server.2'].map((name) => `${release}/${name}`),
)
const NOW = Date.UTC(2030, 0)
const FOREIGN = ['notes.txt', 'snapshot.1.bak', 'log.x', 'log.1.fixed', 'myid']

/** The tree at a moment; undefined where it cannot be restored without doubt. */
async function treeAt(dir: string, zxid: bigint): Promise<string | undefined> {
  try {
    const { tree, proof } = await restore({
      ...common,
      snapshots: [dir],
      logs: [dir],
      until: { zxid },
      allowAhead: false,
    })
    return proof.toZxid === zxid ? String(tree.digest()) : undefined
  } catch {
    return undefined
  }
}

const names = (dir: string) => readdirSync(join(dir, 'version-2')).sort()
const zxidOf = (name: string) => BigInt(`0x${name.split('.')[1]}`)

/** First records' zxids and times of all logs, in order. */
function logsOf(dir: string): readonly { readonly zxid: bigint; readonly timeMs: number }[] {
  const victim = new Victim(dir)
  return victim.logs.flatMap((name) => {
    const bytes = readFileSync(join(victim.version2, name))
    if (bytes.length < 60 || bytes.readInt32BE(24) === 0) return []
    return [{ zxid: bytes.readBigInt64BE(40), timeMs: Number(bytes.readBigInt64BE(48)) }]
  })
}

async function check(source: string, random: () => number, damaged: boolean, i: number): Promise<'purged' | 'kept'> {
  const pick = (most: number) => Math.floor(random() * most)
  const dir = copyTogether(source, join(folder, `${i}`))
  const told = damaged ? randomDamage(new Victim(dir), random) : 'whole'
  for (const name of FOREIGN) writeFileSync(join(dir, 'version-2', name), 'mine')
  const copy = join(folder, `${i}-copy`)
  cpSync(dir, copy, { recursive: true })
  const firsts = logsOf(dir)
  const by = pick(2) === 0 ? { keep: 1 + pick(4) } : { since: firsts[pick(firsts.length)] }
  const options = 'keep' in by ? by : { keepForMs: NOW - (by.since?.timeMs ?? 0) }
  const clock = vi.spyOn(Date, 'now').mockReturnValue(NOW)
  const change = await planPurge({ ...common, directory: dir, ...options })
  clock.mockRestore()
  const label = `${i} ${source} ${told} ${JSON.stringify(options)}`
  if (change.refused !== null || change.plan.steps.length === 0) return 'kept'
  await change.apply()

  expect(names(dir), label).toEqual(expect.arrayContaining(FOREIGN))
  for (const name of FOREIGN) expect(readFileSync(join(dir, 'version-2', name), 'utf8'), label).toBe('mine')
  // what is left is what was there
  for (const name of names(dir)) {
    const [left, was] = [dir, copy].map((place) => readFileSync(join(place, 'version-2', name)))
    expect(left!.equals(was!), `${label} ${name}`).toBe(true)
  }
  const snapshots = names(dir).filter((name) => /^snapshot\.[0-9a-f]+$/.test(name))
  const whole: bigint[] = []
  for (const name of snapshots) {
    const { result } = await examineSnapshot(snapshotFile(join(dir, 'version-2', name)), { ...common, digest: true })
    if (result.verdict === 'valid' && result.serverAccepts) whole.push(zxidOf(name))
  }
  if ('keep' in by) expect(whole.length, label).toBeGreaterThanOrEqual(by.keep!)
  // from the oldest one that counts, or from the window's first log, to the end
  const oldest = whole.sort((a, b) => (a < b ? -1 : 1))[0]!
  const promised = BigInt(/from (0x[0-9a-f]+) on/.exec(change.plan.undo)![1]!)
  const from = 'keep' in by ? promised : (by.since?.zxid ?? promised)
  expect(promised, label).toBeGreaterThanOrEqual(oldest)
  expect(promised, label).toBeLessThanOrEqual('keep' in by ? promised : from)
  const moments = [...historyOf(copy).keys()].filter((zxid) => zxid >= from).sort((a, b) => (a < b ? -1 : 1))
  const last = moments.at(-1)
  for (const zxid of moments.filter((_, n) => FULL || n % 9 === 0 || n === moments.length - 1)) {
    const before = await treeAt(copy, zxid)
    if (before !== undefined) expect(await treeAt(dir, zxid), `${label} at ${zxid}`).toBe(before)
  }
  expect(last, label).toBeDefined()
  return 'purged'
}

test('every moment of what is kept can be restored to the same tree', async () => {
  const random = seeded(2311)
  const counts = { purged: 0, kept: 0 }
  const rounds = FULL ? 300 : 30
  for (let i = 0; i < rounds; i++) {
    const source = SOURCES[i % SOURCES.length]!
    counts[await check(source, random, i % 3 === 2, i)]++
    for (const name of [`${i}`, `${i}-copy`]) rmSync(join(folder, name), { recursive: true })
  }
  expect(counts.purged).toBeGreaterThan(rounds / 5)
  expect(counts.kept).toBeGreaterThan(0)
}, 900_000)
