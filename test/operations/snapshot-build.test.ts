import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parseBuildMoment } from '../../src/cli/build-moment.ts'
import { FIXTURES } from '../helpers/fixtures.ts'
import { verifyOne } from '../helpers/snapshot.ts'
import { build, planned } from '../helpers/snapshot-build.ts'

const EXAMPLES = join(FIXTURES, 'examples')
const at = (zxid: bigint) => ({ kind: 'at', at: { zxid } }) as const

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-build-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

/** A data directory of a real server, logs beside the snapshots. */
function dataDir(name = '3.9.5/standalone'): string {
  const folder = scratch()
  for (const part of ['data', 'datalog']) cpSync(join(FIXTURES, name, part), folder, { recursive: true })
  return folder
}

test('moments as they are typed', () => {
  const parse = (text: string) => parseBuildMoment(text, Date.UTC(2026, 10, 22))
  expect(parse('latest')).toEqual({ kind: 'at', at: {} })
  expect(parse('0x1f')).toEqual(at(0x1fn))
  expect(parse('2026-11-22T10:00:00Z')).toEqual({ kind: 'at', at: { timeMs: Date.UTC(2026, 10, 22, 10) } })
  expect(parse('2h')).toEqual({ kind: 'at', at: { timeMs: Date.UTC(2026, 10, 21, 22) } })
  expect(parse('before 0x1f')).toEqual({ kind: 'before', zxid: 0x1fn })
  expect(parse('before delete /a b')).toEqual({ kind: 'before-delete', path: '/a b' })
  for (const wrong of ['', 'soon', 'before', 'before delete', 'before delete a', 'before /a', '1f', 'after 0x1']) {
    expect(() => parse(wrong), wrong).toThrow()
  }
})

test('the plan carries the proof; the directory what belongs to a member', async () => {
  const place = dataDir()
  const output = join(scratch(), 'new')
  const { plan, verified, refused } = await build({ place, output, myid: 7 })
  expect(refused).toBeNull()
  expect(plan).toMatchObject({
    kind: 'snapshot build',
    base: {
      snapshot: join(place, 'version-2/snapshot.69'),
      zxid: 0x73n,
      proof: { verdict: 'proved', fromZxid: 0x6an, toZxid: 0x73n, txns: 10, checked: 10, firstMismatch: null },
    },
    loses: { txns: 0, firstZxid: null, lastZxid: null, znodes: [], bytes: 0 },
  })
  expect(JSON.stringify(plan.base.proof, (_, v) => (typeof v === 'bigint' ? `0x${v.toString(16)}` : v))).toContain(
    'verified from 0x6a to 0x73, 10 transactions, every digest equal',
  )
  expect(verified.map(({ ok }) => ok)).toEqual([true, true, true])
  expect(readdirSync(join(output, 'version-2')).sort()).toEqual(['acceptedEpoch', 'currentEpoch', 'snapshot.73'])
  expect(readFileSync(join(output, 'myid'), 'utf8')).toBe('7\n')
  expect(await verifyOne(output)).toMatchObject({
    verdict: 'valid',
    format: '3.9',
    serverAccepts: true,
    fuzzy: null,
    lastZxid: 0x73n,
    digest: { zxid: 0x73n, match: true },
  })
})

test('an accepted epoch is never lowered, the current one is that of the zxid', async () => {
  const place = dataDir('3.9.5/ensemble/server.1')
  const version2 = join(place, 'version-2')
  writeFileSync(join(version2, 'acceptedEpoch'), '9')
  writeFileSync(join(version2, 'currentEpoch'), '8')
  writeFileSync(join(place, 'myid'), '1\n')
  const output = join(scratch(), 'new')
  const { plan } = await build({ place, output })
  expect(readFileSync(join(output, 'version-2/acceptedEpoch'), 'utf8')).toBe('9')
  const epoch = (plan.base.zxid as bigint) >> 32n
  expect(readFileSync(join(output, 'version-2/currentEpoch'), 'utf8')).toBe(String(epoch))
  expect(readFileSync(join(output, 'myid'), 'utf8')).toBe('1\n')
})

test('right before a deletion, and before a zxid', async () => {
  const output = join(scratch(), 'new')
  const path = '/app/queue/item-0000000001'
  const { plan } = await planned({ place: EXAMPLES, output, at: { kind: 'before-delete', path } })
  expect(plan.base).toMatchObject({ zxid: 0xfn, moment: `right before 0x10, which deletes ${path}` })
  expect((await planned({ place: EXAMPLES, output, at: { kind: 'before', zxid: 0x10n } })).plan.base.zxid).toBe(0xfn)
  const none = await planned({ place: EXAMPLES, output, at: { kind: 'before-delete', path: '/app' } })
  expect(none).toMatchObject({ refused: { code: 'refused.not-deleted' }, plan: { steps: [] } })
})

test('sessions go with their ephemerals, which are named; none becomes persistent', async () => {
  const output = join(scratch(), 'new')
  const { plan } = await build({ place: EXAMPLES, output, sessions: 'drop' })
  const kept = join(scratch(), 'kept')
  await build({ place: EXAMPLES, output: kept })
  expect(plan.loses.znodes).toContain('/app/eph/open-a')
  const [without, all] = [await verifyOne(output), await verifyOne(kept)]
  expect(without).toMatchObject({ verdict: 'valid', sessions: 0, digest: { match: true } })
  expect(all.nodes - without.nodes).toBe(plan.loses.znodes.length)
  expect(all.sessions).toBeGreaterThan(0)
})

test('lines and compressions', async () => {
  const place = dataDir()
  const folder = scratch()
  for (const [zookeeper, format] of [
    ['3.4', '3.4'],
    ['3.5.10', '3.4'],
    ['3.7', '3.6'],
    ['3.9', '3.9'],
  ] as const) {
    const output = join(folder, zookeeper)
    const { refused } = await build({ place, output, zookeeper })
    // it holds containers and TTL znodes
    if (zookeeper === '3.4') expect(refused).toMatchObject({ code: 'refused.not-in-line' })
    else expect((await verifyOne(output)).format).toBe(format)
  }
  for (const [compression, suffix] of [
    ['gzip', '.gz'],
    ['snappy', '.snappy'],
  ] as const) {
    const output = join(folder, compression)
    await build({ place, output, compression })
    expect(await verifyOne(join(output, `version-2/snapshot.73${suffix}`))).toMatchObject({
      verdict: 'valid',
      compression,
    })
    // and from there on: values are found in it
    const again = join(folder, `${compression}-again`)
    await build({ place: output, logDir: join(place, 'version-2'), output: again })
    const { file: _, ...same } = await verifyOne(join(folder, '3.9'))
    expect(await verifyOne(again)).toMatchObject(same)
    await expect(planned({ place, output: join(folder, 'x'), compression, zookeeper: '3.5' })).rejects.toMatchObject({
      code: 'usage',
    })
  }
  await expect(planned({ place, output: join(folder, 'x'), zookeeper: '3.3' })).rejects.toMatchObject({ code: 'usage' })
})

test('a hole is refused, behind the snapshot, between records, and right before the moment', async () => {
  const folder = scratch()
  const output = join(folder, 'new')
  // 0x43 to 0x184 are in no log
  expect(await planned({ place: EXAMPLES, output, at: at(0x100n) })).toMatchObject({
    refused: { code: 'refused.hole', counterexample: { after: 0x42n, before: 0x185n } },
  })
  const logs = join(folder, 'logs')
  mkdirSync(logs)
  for (const name of ['log.1', 'log.185']) cpSync(join(EXAMPLES, name), join(logs, name))
  const inside = await planned({ place: logs, output })
  expect(inside).toMatchObject({
    refused: { code: 'refused.hole', counterexample: { after: 0x42n, before: 0x185n } },
    plan: { steps: [], loses: { txns: 0x185 - 0x43, firstZxid: 0x43n, lastZxid: 0x184n } },
  })
  rmSync(join(logs, 'log.1'))
  expect((await planned({ place: logs, output })).refused).toMatchObject({
    code: 'refused.hole',
    counterexample: { after: 0n, before: 0x185n },
  })
  const accepted = await build({ place: logs, output, acceptLoss: true })
  expect(accepted.findings).toContainEqual(expect.objectContaining({ code: 'tree.loss-accepted' }))
  expect(accepted.plan.base).toMatchObject({ proof: { verdict: 'differs', firstMismatch: { zxid: 0x185n } } })
  expect(accepted.verified[0]).toMatchObject({ check: 'digests', ok: false })
  expect((await verifyOne(output)).digest).toMatchObject({ match: true })
})

test('a snapshot that lacks transactions is found by the digests: refused, with the first place', async () => {
  const place = dataDir()
  const output = join(scratch(), 'new')
  // the tree of 0x49 under the name of a later one
  cpSync(join(place, 'version-2/snapshot.49'), join(place, 'version-2/snapshot.69'))
  const { refused, plan } = await planned({ place, output })
  expect(refused).toMatchObject({
    code: 'refused.digest',
    counterexample: { zxid: 0x6an, file: join(place, 'version-2/log.4a') },
  })
  expect(plan.steps).toEqual([])
  expect(plan.base).toMatchObject({ proof: { verdict: 'differs', firstMismatch: { zxid: 0x6an } } })
})

test('what a fuzzy snapshot is by its own digest, when the logs end before', async () => {
  const place = scratch()
  cpSync(join(EXAMPLES, 'snapshot.184'), join(place, 'snapshot.180'))
  const { plan, refused } = await planned({ place, output: join(place, '../new-zkops-build') })
  expect(refused).toBeNull()
  expect(plan.base).toMatchObject({ zxid: 0x184n, proof: { verdict: 'proved', toZxid: 0x184n, txns: 0 } })
})

test('damage before the moment is refused, behind it is not looked at', async () => {
  const place = dataDir()
  const output = join(scratch(), 'new')
  const file = join(place, 'version-2/log.6b')
  const bytes = readFileSync(file)
  bytes[300]! ^= 1
  writeFileSync(file, bytes)
  expect((await planned({ place, output })).refused).toMatchObject({ code: 'refused.damaged' })
  expect((await planned({ place, output, at: at(0x60n) })).refused).toBeNull()
})

test('a moment that the logs do not reach, and a fuzzy snapshot without its logs', async () => {
  const place = dataDir()
  const output = join(scratch(), 'new')
  expect((await planned({ place, output, at: at(0x74n) })).refused).toMatchObject({ code: 'refused.not-reached' })
  for (const name of readdirSync(join(place, 'version-2'))) {
    if (name.startsWith('log.')) rmSync(join(place, 'version-2', name))
  }
  // it went on to a session, which is no znode: exactly its own digest
  expect((await planned({ place, output })).plan.base).toMatchObject({ zxid: 0x6an, proof: { verdict: 'proved' } })
  const old = dataDir('3.5.10/standalone')
  const alone = scratch()
  const newest = readdirSync(join(old, 'version-2')).findLast((name) => name.startsWith('snapshot.'))!
  cpSync(join(old, 'version-2', newest), join(alone, 'snapshot.5'))
  expect((await planned({ place: alone, output })).refused).toMatchObject({ code: 'refused.fuzzy' })
})

test('nothing is written where something is, or where a server reads', async () => {
  const place = dataDir()
  expect((await planned({ place, output: place })).refused).toMatchObject({ code: 'refused.target-exists' })
  const inside = join(place, 'version-2/new')
  expect((await planned({ place, output: inside })).refused).toMatchObject({ code: 'refused.server-directory' })
  await expect(planned({ place: join(place, 'nothing'), output: 'x' })).rejects.toMatchObject({ code: 'input.missing' })
})

test('input that is shorter than it was is noticed, and nothing is left', async () => {
  const place = dataDir()
  const folder = scratch()
  const change = await planned({ place, output: join(folder, 'new') })
  const file = join(place, 'version-2/snapshot.69')
  writeFileSync(file, readFileSync(file).subarray(0, 1000))
  await expect(change.apply()).rejects.toMatchObject({ code: 'stopped.input-changed' })
  const other = await planned({ place: dataDir(), output: join(folder, 'new') })
  const source = (other.plan.base.logs as string[]).at(-1)!.replace(/log\.6b$/, 'snapshot.69')
  writeFileSync(
    source,
    readFileSync(source).map((byte, i) => (i > 2000 ? byte ^ 1 : byte)),
  )
  await expect(other.apply()).rejects.toMatchObject({ code: 'stopped.verify' })
  expect(readdirSync(folder)).toEqual([])
})
