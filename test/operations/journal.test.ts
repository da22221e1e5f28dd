import { spawn } from 'node:child_process'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test, vi } from 'vitest'
import { withEnsembleLock } from '../../src/operations/journal/ensemble-lock.ts'
import {
  createJournal,
  findJournal,
  isWorkedOn,
  journalsFolder,
  journalsOf,
  listJournals,
  progressOf,
  readJournal,
  resumeJournal,
  unfinishedOf,
} from '../../src/operations/journal/journal.ts'
import { LOSES_NOTHING, makePlan } from '../../src/support/change.ts'
import { ROOT } from '../helpers/cli.ts'

const state = mkdtempSync(join(tmpdir(), 'zkops-journal-'))
vi.stubEnv('XDG_STATE_HOME', state)
afterAll(() => rmSync(state, { recursive: true, force: true }))
beforeEach(() => rmSync(journalsFolder(), { recursive: true, force: true }))

const step = { action: 'reconfig', target: 'prod', detail: 'joining: 4', reversible: true }
const plan = makePlan({ kind: 'test', base: { version: 5n }, steps: [step, step], loses: LOSES_NOTHING, undo: 'none' })
const MEMBERS = ['zk1:2181', 'zk2:2181']
const begin = (ensemble = 'prod', members = MEMBERS) =>
  createJournal({ kind: 'reconfig', ensemble, members, plan, data: { version: 7n } })

test('what is written is read again, and only by its owner', async () => {
  const journal = await begin()
  await journal.step('begin', 1, 'joining: 4')
  await journal.step('done', 1, 'it is there', { version: 0x100000005n })
  await journal.step('begin', 2, 'joining: 5')
  const read = await readJournal(journal.file)
  expect(read).toMatchObject({ kind: 'reconfig', ensemble: 'prod', members: MEMBERS, data: { version: '0x7' } })
  expect(read.plan).toEqual({ ...plan, base: { version: '0x5' } })
  expect(read.entries[1]).toMatchObject({ event: 'done', evidence: { version: '0x100000005' } })
  expect(progressOf(read)).toEqual({ done: new Set([1]), open: 2, outcome: null })
  expect(isWorkedOn(read)).toBe(true)
  expect(statSync(journal.file).mode & 0o777).toBe(0o600)
  expect(statSync(journalsFolder()).mode & 0o777).toBe(0o700)
  await journal.step('done', 2, '')
  await journal.end('done', 'all of it')
  expect(progressOf(await findJournal(read.id))).toEqual({ done: new Set([1, 2]), open: null, outcome: 'done' })
  await expect(findJournal('other')).rejects.toThrow('There is no journal other')
})

test('whatever length a crash leaves it at, it is read and gone on with', async () => {
  const { file, ...journal } = await begin()
  const head = statSync(file).size
  await journal.step('begin', 1, 'ünïcode')
  await journal.step('done', 1, '')
  await journal.step('begin', 2, '')
  const whole = readFileSync(file)
  const ends = [...whole].flatMap((byte, at) => (byte === 0x0a ? [at + 1] : []))
  for (let length = head; length <= whole.length; length++) {
    writeFileSync(file, whole)
    truncateSync(file, length)
    const read = await readJournal(file)
    const lines = ends.filter((end) => end <= length).length - 1
    expect(read.entries.length).toBe(lines)
    const again = await resumeJournal(read)
    await again.end('aborted', '')
    const after = await readJournal(file)
    expect(after.entries.map(({ event }) => event).slice(lines)).toEqual(['resume', 'end'])
    expect(progressOf(after).done).toEqual(new Set(lines > 1 ? [1] : []))
  }
})

test('unfinished ones of an ensemble, whatever it is called', async () => {
  const first = await begin()
  const second = await begin('zk2:2181', ['zk2:2181'])
  const other = await begin('other', ['elsewhere:2181'])
  const files = async (given: Promise<readonly { file: string }[]>) => (await given).map(({ file }) => file).sort()
  const both = [first.file, second.file].sort()
  expect(await files(unfinishedOf({ ensemble: 'prod', members: MEMBERS }))).toEqual(both)
  await first.end('done', '')
  expect(await files(unfinishedOf({ ensemble: 'prod', members: MEMBERS }))).toEqual([second.file])
  expect(await files(journalsOf({ ensemble: 'prod', members: MEMBERS }))).toEqual(both)
  expect(await files(listJournals())).toEqual([...both, other.file].sort())
})

test('what is no journal is none, and one that was taken away is not made anew', async () => {
  expect(await listJournals()).toEqual([])
  const journal = await begin()
  const folder = journalsFolder()
  writeFileSync(join(folder, 'other.jsonl'), '{"zkopsJournal":9}\n')
  writeFileSync(join(folder, 'empty.jsonl'), '')
  writeFileSync(join(folder, 'garbage.jsonl'), 'x\n\0\n')
  expect((await listJournals()).map(({ file }) => file)).toEqual([journal.file])
  await expect(readJournal(join(folder, 'other.jsonl'))).rejects.toThrow('written by another version')
  for (const name of ['empty', 'garbage']) {
    await expect(readJournal(join(folder, `${name}.jsonl`))).rejects.toThrow('is no journal')
  }
  await expect(readJournal(join(folder, 'no.jsonl'))).rejects.toMatchObject({ code: 'input.missing' })
  appendFileSync(journal.file, 'garbage in the middle\n')
  await journal.end('done', '')
  await expect(readJournal(journal.file)).rejects.toMatchObject({ code: 'input.journal' })
  rmSync(journal.file)
  await expect(journal.step('begin', 1, '')).rejects.toMatchObject({ code: 'stopped.journal' })
})

test('one process at a time, and a lock whose owner was killed is taken', async () => {
  const locked = withEnsembleLock('prod', async () => {
    await expect(withEnsembleLock('prod', async () => 1)).rejects.toMatchObject({ code: 'refused.locked' })
    return withEnsembleLock('other', async () => 2)
  })
  expect(await locked).toBe(2)
  expect(await withEnsembleLock('prod', async () => 3)).toBe(3)

  const child = spawn(process.execPath, [
    join(ROOT, 'scripts/run-ts.mjs'),
    join(ROOT, 'test/helpers/hold-lock.ts'),
    'prod',
  ])
  await new Promise<void>((resolve, reject) => {
    child.stdout.once('data', () => resolve())
    child.once('close', () => reject(new Error('it ended')))
  })
  await expect(withEnsembleLock('prod', async () => 1)).rejects.toThrow(`by process ${child.pid}`)
  const gone = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGKILL')
  await gone
  expect(await withEnsembleLock('prod', async () => 4)).toBe(4)
})
