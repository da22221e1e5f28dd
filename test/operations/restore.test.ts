import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { logsFrom } from '../../src/datadir/snapshot-files.ts'
import { type RestorePoint, restore } from '../../src/operations/restore.ts'
import { noProgress } from '../../src/support/progress.ts'
import { FIXTURES } from '../helpers/fixtures.ts'
import { create, log, writeOldFile } from '../helpers/log-builder.ts'
import { BASE, snapshot as snapshotBytes } from '../helpers/snapshot-builder.ts'

const PLACE = join(FIXTURES, '3.9.5/standalone')
const LOGS = join(PLACE, 'datalog')

/** A copy of the fixture's snapshots. */
function snapshots(): string {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-restore-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  cpSync(join(PLACE, 'data'), folder, { recursive: true })
  return folder
}

const run = (places: readonly string[], until: RestorePoint = {}, logs: readonly string[] = [LOGS]) =>
  restore({
    snapshots: places,
    logs,
    until,
    juteMaxbuffer: 1_048_575,
    signal: new AbortController().signal,
    progress: noProgress,
  })

test('everything: the newest snapshot, the logs behind it, the whole proof', async () => {
  const { snapshot, logs, sources, proof, rejected, stopped } = await run([PLACE.concat('/data')])
  expect(snapshot).toMatchObject({ zxid: 0x69n, digest: { zxid: 0x6an, version: 2 } })
  expect(rejected).toEqual([])
  expect(stopped).toBe(false)
  expect(logs.map(({ file }) => file.split('/').at(-1))).toEqual(['log.4a', 'log.6b'])
  expect(sources[0]).toMatch(/snapshot\.69$/)
  expect(proof).toMatchObject({
    fromZxid: 0x6an,
    toZxid: 0x73n,
    txns: 10,
    checked: 10,
    mismatches: 0,
    firstMismatch: null,
    snapshotDigest: 'right',
  })
})

test('up to a zxid: the tree of then, from a snapshot that does not know more', async () => {
  const { snapshot, proof, rejected, stopped } = await run([snapshots()], { zxid: 0x40n })
  expect(snapshot!.zxid <= 0x40n).toBe(true)
  expect(proof).toMatchObject({ toZxid: 0x40n, firstMismatch: null })
  expect(stopped).toBe(true)
  expect(rejected).toEqual([])
})

test('a fuzzy snapshot that holds more than the point gives way to an older one', async () => {
  // its digest is of 0x6a, so what it holds is not the tree of 0x69
  const { snapshot, rejected, proof } = await run([snapshots()], { zxid: 0x69n })
  expect(rejected).toMatchObject([{ reason: expect.stringContaining('0x6a') }])
  expect(snapshot!.zxid).toBe(0x49n)
  expect(proof).toMatchObject({ toZxid: 0x69n, firstMismatch: null })
})

test('up to a time, and up to the first record of a kind', async () => {
  const whole = await run([snapshots()], { zxid: 0x50n })
  const timeMs = Number(whole.proof.lastTimeMs)
  const { proof } = await run([snapshots()], { timeMs })
  expect(proof.toZxid >= 0x50n).toBe(true)
  expect(Number(proof.lastTimeMs)).toBe(timeMs)
  const first = Number((await run([snapshots()], { zxid: 1n })).proof.lastTimeMs)
  const start = await run([snapshots()], { timeMs: first })
  expect(start.snapshot!.zxid).toBe(0n)
  expect(start.rejected.length).toBeGreaterThan(0)
  const until = await run([snapshots()], { before: ({ view, table }, i) => view.getInt32(table[2 * i]! + 40) === -11 })
  expect(until.tree.lookup('/app/members')).toBeDefined()
})

test('a newest snapshot that is not whole is told and passed over', async () => {
  const folder = snapshots()
  const file = join(folder, 'version-2/snapshot.69')
  const bytes = readFileSync(file)
  bytes[500]! ^= 1
  writeFileSync(file, bytes)
  copyFileSync(join(PLACE, 'data/version-2/snapshot.49'), join(folder, 'version-2/snapshot.60.gz'))
  const { snapshot, rejected, tree } = await run([folder])
  expect(rejected).toMatchObject([{ file, reason: expect.stringMatching(/seal/) }])
  expect(snapshot!.file).toBe(join(folder, 'version-2/snapshot.60.gz'))
  expect(tree.digest()).not.toBe(0n)
})

test('no snapshot, none old enough, no logs', async () => {
  await expect(run([LOGS])).rejects.toMatchObject({ code: 'input.no-snapshot' })
  await expect(run([join(PLACE, 'data/version-2/snapshot.69')], { zxid: 0x10n })).rejects.toMatchObject({
    code: 'input.no-snapshot',
  })
  await expect(run([join(PLACE, 'nothing')])).rejects.toMatchObject({ code: 'input.missing' })
  const { proof } = await run([snapshots()], {}, [])
  expect(proof).toMatchObject({ fromZxid: null, toZxid: 0x69n, txns: 0, snapshotDigest: 'waiting' })
})

test('a log that ends in damage ends the replay', async () => {
  const folder = snapshots()
  const logs = join(folder, 'logs')
  cpSync(LOGS, logs, { recursive: true })
  const file = join(logs, 'version-2/log.4a')
  const bytes = readFileSync(file)
  bytes[2000]! ^= 1
  writeFileSync(file, bytes)
  rmSync(join(folder, 'version-2/snapshot.69'))
  const { proof, findings } = await run([folder], {}, [logs])
  expect(proof.toZxid < 0x6an).toBe(true)
  expect(proof.firstMismatch).toBeNull()
  expect(findings.some(({ severity }) => severity === 'error')).toBe(true)
})

test('which logs a server opens', () => {
  const log = (nameZxid: bigint) => ({ file: `log.${nameZxid}`, nameZxid, stray: false as const })
  const all = [1n, 5n, 9n].map(log)
  const from = (next: bigint) => logsFrom(all, next).map(({ nameZxid }) => nameZxid)
  expect([0n, 1n, 2n, 5n, 6n, 9n, 100n].map(from)).toEqual([
    [1n, 5n, 9n],
    [1n, 5n, 9n],
    [1n, 5n, 9n],
    [1n, 5n, 9n],
    [5n, 9n],
    [5n, 9n],
    [9n],
  ])
})

test('a tree whose memory grows while a batch is applied: mismatch, point and holes are read from where it lies now', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-restore-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(
    join(folder, 'snapshot.1'),
    snapshotBytes(BASE, { blocks: { digest: { zxid: 0n, version: 2, value: 0n }, lastZxid: null } }),
  )
  const count = 40_000
  const long = 'n'.repeat(200)
  const txns = Array.from({ length: count }, (_, i) => create(BigInt(i + 2), `/${long}-${i}`, ''))
  const wrong = create(BigInt(count + 2), '/wrong', '', { digest: { version: 2, value: 7n } })
  const behindHole = create(BigInt(count + 10), '/behind', '')
  writeOldFile(join(folder, 'log.2'), log([...txns, wrong, behindHole]))
  const at = BigInt(count + 2)
  const whole = await run([folder], {}, [folder])
  expect(whole.tree.counts().nodes).toBe(BASE.length + count + 2)
  expect(whole.proof.firstMismatch).toMatchObject({ zxid: at, path: '/wrong' })
  expect(whole.findings).toMatchObject([{ code: 'log.gap', zxid: at + 8n }])
  const part = await run([folder], { zxid: at }, [folder])
  expect(part).toMatchObject({ stopped: true, nextZxid: at + 8n, findings: [], proof: { toZxid: at } })
})
