import { copyFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { parseTreeMoment } from '../../src/cli/tree-flags.ts'
import { type OpenTreeOptions, openTree } from '../../src/operations/open-tree.ts'
import { noProgress } from '../../src/support/progress.ts'
import { FIXTURES } from '../helpers/fixtures.ts'

const PLACE = join(FIXTURES, '3.9.5/standalone')
const DATA = join(PLACE, 'data')
const LOGS = join(PLACE, 'datalog')

const open = (place: string, more: Partial<OpenTreeOptions> = {}) =>
  openTree({ place, juteMaxbuffer: 1_048_575, signal: new AbortController().signal, progress: noProgress, ...more })

function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-open-tree-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

test('a snapshot alone is that file, whatever lies beside it', async () => {
  const file = join(DATA, 'version-2/snapshot.49')
  const { zxid, logs, sources, digests, replay, snapshot } = await open(file)
  expect({ zxid, logs, sources, digests, file: snapshot.file }).toEqual({
    zxid: 0x49n,
    logs: [],
    sources: [file],
    digests: true,
    file,
  })
  expect(replay).toMatchObject({ txns: 0, fromZxid: null })
  await expect(open(file, { at: { zxid: 0x49n } })).rejects.toMatchObject({ code: 'usage' })
})

test('a snapshot with the place of logs goes on from it', async () => {
  const { zxid, logs, replay } = await open(join(DATA, 'version-2/snapshot.49'), {
    logDir: LOGS,
    at: { zxid: 0x50n },
  })
  expect({ zxid, logs }).toEqual({ zxid: 0x50n, logs: [join(LOGS, 'version-2/log.4a')] })
  expect(replay).toMatchObject({ txns: 7, checked: 7, firstMismatch: null })
})

test('a directory: the newest snapshot and the logs behind it, up to a moment', async () => {
  const latest = await open(DATA, { logDir: LOGS })
  expect(latest).toMatchObject({ zxid: 0x73n, digests: true, findings: [] })
  expect(latest.timeMs).toBe(Number(latest.replay.lastTimeMs))
  const past = await open(DATA, { logDir: LOGS, at: { zxid: 0x40n } })
  expect(past.zxid).toBe(0x40n)
  const then = await open(DATA, { logDir: LOGS, at: { timeMs: past.timeMs! } })
  expect(then.zxid! >= 0x40n).toBe(true)
})

test('without logs beside it a directory is its newest snapshot; asked for logs must be there', async () => {
  expect(await open(DATA)).toMatchObject({ zxid: 0x69n, logs: [] })
  await expect(open(DATA, { logDir: DATA })).rejects.toMatchObject({ code: 'input.no-logs' })
})

test('a moment behind the end, and a hole in front of the logs, are said', async () => {
  const short = await open(DATA, { logDir: LOGS, at: { zxid: 0x99n } })
  expect(short.findings).toMatchObject([{ code: 'tree.short', zxid: 0x73n }])
  const folder = scratch()
  cpSync(join(DATA, 'version-2/snapshot.49'), join(folder, 'snapshot.49'))
  cpSync(join(LOGS, 'version-2/log.6b'), join(folder, 'log.6b'))
  expect((await open(folder)).findings).toMatchObject([{ code: 'tree.hole', zxid: 0x6bn }])
})

test('a damaged snapshot: passed over in a directory, an error when it is named', async () => {
  const folder = scratch()
  cpSync(join(DATA, 'version-2'), folder, { recursive: true })
  const file = join(folder, 'snapshot.69')
  const bytes = readFileSync(file)
  bytes[500]! ^= 1
  writeFileSync(file, bytes)
  const { findings, zxid } = await open(folder)
  expect(findings).toMatchObject([{ code: 'snapshot.passed-over', severity: 'warning', file }])
  expect(zxid).toBe(0x49n)
  await expect(open(file)).rejects.toMatchObject({ code: 'input.damaged-snapshot', file })
})

test('a file of another name tells its zxid when it holds one', async () => {
  const folder = scratch()
  copyFileSync(join(DATA, 'version-2/snapshot.69'), join(folder, 'copy'))
  expect((await open(join(folder, 'copy'))).zxid).toBe((await open(join(folder, 'copy'))).snapshot.lastZxid)
  await expect(open(join(folder, 'none'))).rejects.toMatchObject({ code: 'input.missing' })
})

test('moments', () => {
  expect(parseTreeMoment('latest', 0)).toEqual({})
  expect(parseTreeMoment('0x10', 0)).toEqual({ zxid: 16n })
  expect(parseTreeMoment('16', 0)).toEqual({ zxid: 16n })
  expect(parseTreeMoment('2m', 300_000)).toEqual({ timeMs: 180_000 })
  expect(parseTreeMoment('2026-01-01T00:00:00Z', 0)).toEqual({ timeMs: Date.UTC(2026, 0, 1) })
  for (const wrong of ['', 'x', '0xg', '-1', 'now']) expect(() => parseTreeMoment(wrong, 0)).toThrow(/no moment/)
})
