/* The tree of a moment, read as if it were a snapshot. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { planConvert } from '../../src/operations/convert-snapshot/convert.ts'
import { dumpSnapshot } from '../../src/operations/dump-snapshot.ts'
import { lintSnapshot } from '../../src/operations/lint-snapshot/lint.ts'
import { verifySnapshot } from '../../src/operations/verify-snapshot.ts'
import { nodeJson } from '../../src/render/snapshot-json.ts'
import { noProgress } from '../../src/support/progress.ts'
import { FIXTURES } from '../helpers/fixtures.ts'
import { loadWithServer } from '../helpers/oracle.ts'

const DATA = join(FIXTURES, '3.9.5/standalone/data')
const LOGS = join(FIXTURES, '3.9.5/standalone/datalog')
const COMMON = { juteMaxbuffer: 1_048_575, signal: new AbortController().signal, progress: noProgress }
const CONVERT = { ...COMMON, keep: [], prune: [], sessions: 'keep' } as const

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-moment-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

/** A snapshot, and logs behind a hole. */
function holed(): string {
  const folder = scratch()
  cpSync(join(DATA, 'version-2/snapshot.49'), join(folder, 'snapshot.49'))
  cpSync(join(LOGS, 'version-2/log.6b'), join(folder, 'log.6b'))
  return folder
}

type Place = Partial<Parameters<typeof dumpSnapshot>[0]>

async function nodes(place: Place): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const part of dumpSnapshot({ ...COMMON, ...place })) {
    if (part.kind !== 'nodes') continue
    for (let row = 0; row < part.count; row++) lines.push(JSON.stringify(nodeJson(part, row, { data: true })))
  }
  return lines.sort()
}

test('the tree at 0x49 is the one that the server wrote then', async () => {
  const folder = scratch()
  cpSync(join(DATA, 'version-2/snapshot.0'), join(folder, 'snapshot.0'))
  // usage beside quotas is counted by each server for itself
  const shared = async (place: Place) => (await nodes(place)).filter((line) => !line.includes('/zookeeper_stats"'))
  const written = await shared({ place: join(DATA, 'version-2/snapshot.49') })
  expect(written.length).toBeGreaterThan(30)
  const restored = await shared({ place: folder, logDir: LOGS, at: { zxid: 0x49n } })
  expect(restored.filter((line, i) => line !== written[i])).toEqual([])
  expect(restored.length).toBe(written.length)
})

test('converted it is a snapshot of that moment, with its digest, that servers load', async () => {
  const files: string[] = []
  const at = { zxid: 0x40n }
  for (const compression of ['none', 'gzip', 'snappy'] as const) {
    const output = join(scratch(), 'out')
    const change = await planConvert({ ...CONVERT, place: DATA, logDir: LOGS, at, output, compression })
    expect(change).toMatchObject({ refused: null, plan: { base: { zxid: 0x40n, fuzzy: null } } })
    await change.apply()
    files.push(change.plan.steps[0]!.target)
  }
  const expected = await nodes({ place: DATA, logDir: LOGS, at })
  for (const file of files) {
    expect(await nodes({ place: file })).toEqual(expected)
    const { verdict, digest } = await verifySnapshot({ ...COMMON, place: file, digest: true })
    expect([verdict, digest]).toMatchObject(['valid', { match: true, zxid: 0x40n }])
  }
  const loaded = await loadWithServer('3.9.5', files)
  expect(loaded.map(({ outcome, nodes }) => [outcome, nodes])).toEqual(files.map(() => ['loads', expected.length]))
})

test('what the logs speak against is no tree to carry on', async () => {
  const output = join(scratch(), 'out')
  const change = await planConvert({ ...CONVERT, place: holed(), at: {}, output })
  expect(change.refused).toMatchObject({ code: 'refused.not-proved', counterexample: { finding: 'tree.hole' } })
})

test('verify: the snapshot of a moment with the logs behind it', async () => {
  const whole = await verifySnapshot({ ...COMMON, place: DATA, logDir: LOGS, at: {}, digest: true })
  expect(whole).toMatchObject({ verdict: 'valid', nameZxid: 0x69n, proof: { toZxid: 0x73n, checked: 10 } })
  const { verdict, proof, findings } = await verifySnapshot({ ...COMMON, place: holed(), at: {}, digest: true })
  expect([verdict, findings.map(({ code }) => code)]).toEqual(['damaged', ['tree.hole', 'tree.digest']])
  expect(proof).toMatchObject({ firstMismatch: { zxid: 0x6bn } })
  // nothing is proved of what was not asked for
  expect(await verifySnapshot({ ...COMMON, place: DATA, digest: true })).not.toHaveProperty('proof')
})

test('lint: of a directory the latest tree, in which nothing has an offset', async () => {
  const folder = scratch()
  cpSync(join(DATA, 'version-2'), folder, { recursive: true })
  const alone = await lintSnapshot({ ...COMMON, place: folder })
  expect(alone).toMatchObject({ logs: [], zxid: 0x69n })
  cpSync(join(LOGS, 'version-2'), folder, { recursive: true })
  const latest = await lintSnapshot({ ...COMMON, place: folder })
  expect(latest).toMatchObject({ zxid: 0x73n, nodes: (await nodes({ place: folder, at: {} })).length })
  expect(latest.logs.length).toBeGreaterThan(0)
  expect(latest.findings.length).toBeGreaterThan(0)
  for (const finding of latest.findings) expect(finding).not.toHaveProperty('offset')
  // a hole is one of the findings
  expect((await lintSnapshot({ ...COMMON, place: holed() })).findings[0]).toMatchObject({ code: 'tree.hole' })
})
