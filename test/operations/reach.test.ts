/* How far a start gets, told without a tree, against the whole prediction; and what a quick look leaves out. */
import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { dataPlace } from '../../src/operations/data-dir/place.ts'
import { type Reach, type ReachOptions, reachOf } from '../../src/operations/data-dir/reach.ts'
import { showEpochs } from '../../src/operations/epoch/inspect.ts'
import { noProgress } from '../../src/support/progress.ts'
import { ENTRIES, MEMBER_ENTRIES, setApart } from '../helpers/catalogue.ts'
import { Victim } from '../helpers/damages.ts'
import { copyTogether, predict } from '../helpers/doctor.ts'
import { create, log, writeOldFile } from '../helpers/log-builder.ts'

const root = mkdtempSync(join(tmpdir(), 'zkops-reach-'))
afterAll(() => rmSync(root, { recursive: true }))
const common = { juteMaxbuffer: 1_048_575, signal: new AbortController().signal, progress: noProgress }

async function reach(dir: string, logDir: string, depth: ReachOptions['depth']): Promise<Reach> {
  return reachOf(await dataPlace({ directory: dir, logDir }), { ...common, depth })
}

test('the catalogue: the zxid that the doctor predicts', async () => {
  const wrong: string[] = []
  let compared = 0
  for (const [i, { id, what, damage, role, flags = [], apart }] of [...ENTRIES, ...MEMBER_ENTRIES].entries()) {
    // a database that is not made, and what the flags of a server do to its reading
    if (flags.some((flag) => /autocreate|digest|TypesEnabled|closeSession/.test(flag)) || what.includes('version-2'))
      continue
    const fixture = role === 'quorum' ? '3.9.5/ensemble/server.3' : '3.9.5/standalone'
    const victim = new Victim(copyTogether(fixture, join(root, String(i))))
    const { dir } = victim
    const logDir = apart ? setApart(victim) : dir
    damage(victim)
    // else each torn end is read again, as a server may be writing it
    for (const file of readdirSync(dir, { recursive: true, encoding: 'utf8' })) utimesSync(join(dir, file), 0, 0)
    const name = `${id} ${what}`
    const one = { name, role: 'standalone', dataDir: dir, logDir, flags, history: new Map() } as const
    const { serves, lastZxid } = await predict('3.9.5', one)
    if (!serves || what.includes('directory of logs gone')) continue
    compared++
    const found = await reach(dir, logDir, 'whole')
    if (`0x${found.lastZxid.toString(16)}` !== lastZxid) wrong.push(`${name}: ${found.lastZxid}, ${lastZxid}`)
  }
  expect(wrong).toEqual([])
  expect(compared).toBeGreaterThan(90)
}, 300_000)

test('long logs: a quick look reads both ends, and the whole one finds a hole', async () => {
  const dir = join(root, 'long')
  const victim = new Victim(copyTogether('3.8.6/ensemble/server.1', dir))
  for (const name of victim.logs) rmSync(join(victim.version2, name))
  const megabyte = new Uint8Array(1 << 20).fill(0x61)
  const txns = Array.from({ length: 40 }, (_, i) => create(0x300000001n + BigInt(i), `/n${i}`, megabyte))
  writeOldFile(join(victim.version2, 'log.300000001'), log(txns, 100))
  const depths = ['quick', 'whole'] as const
  const zxids = async () => Promise.all(depths.map((depth) => reach(dir, dir, depth).then(({ lastZxid }) => lastZxid)))
  expect(await zxids()).toEqual([0x300000028n, 0x300000028n])
  const { directories } = await showEpochs({ ...common, directories: [dir] })
  expect(directories[0]).toMatchObject({ lastZxid: 0x300000028n, lastZxidEpoch: 3 })
  victim.log().zero(victim.log().record(20).at, victim.log().record(21).end)
  expect(await zxids()).toEqual([0x300000028n, 0x300000014n])
})
