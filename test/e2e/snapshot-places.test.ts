/*
 * A data directory, its version-2 and the zoo.cfg that names it are one place to every snapshot command, and each of them
 * can be asked about a moment.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { zkops } from '../helpers/cli.ts'
import { FIXTURES } from '../helpers/fixtures.ts'
import { manifestCommands } from '../helpers/manifest.ts'

const DATA = join(FIXTURES, '3.9.5/standalone/data')
const LOGS = join(FIXTURES, '3.9.5/standalone/datalog')

let folder: string
let config: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-places-'))
  config = join(folder, 'zoo.cfg')
  writeFileSync(config, `dataDir=${DATA}\ndataLogDir=${LOGS}\nclientPort=2181\n`)
})
afterAll(() => rmSync(folder, { recursive: true }))

interface Case {
  /** Behind the place. */
  readonly path?: string
  readonly flags: readonly string[]
  /** Directories that are named: one, or both sides. */
  readonly places?: 2
  readonly input?: string
  readonly exit?: number
  /** /app/queue/item-0000000001 was deleted by 0x47, /app/more made by 0x4f. */
  readonly shows: RegExp
}

const AT = ['--at', '0x40'] as const
const CASES: Readonly<Record<string, Case>> = {
  build: { flags: [...AT, '--output', 'built', '--dry-run'], shows: /snapshot\.40 .*every digest equal/ },
  cat: { path: '/app/queue/item-0000000001', flags: AT, shows: /^job 1$/ },
  convert: { flags: [...AT, '--output', 'converted', '--dry-run'], shows: /snapshot\.40 {2}44 znodes/ },
  diff: { flags: ['--at-a', '0x40', '--at-b', 'latest'], places: 2, exit: 1, shows: /- \/app\/queue\/item-0000000001/ },
  du: { flags: AT, shows: /44/ },
  dump: { flags: [...AT, '--format', 'jsonl'], shows: /"path":"\/app\/queue\/item-0000000001"/ },
  find: { path: '/app/queue', flags: AT, shows: /item-0000000001/ },
  lint: { flags: AT, exit: 1, shows: /and 2 logs, 44 nodes/ },
  ls: { path: '/app/queue', flags: AT, shows: /item-0000000001/ },
  shell: { flags: AT, input: 'ls /app/queue\n', shows: /item-0000000001/ },
  show: { flags: AT, shows: /tree at 0x40 .*verified from 0x34 to 0x40/s },
  stat: { path: '/app/queue/item-0000000001', flags: AT, shows: /job|dataLength|version/ },
  tree: { path: '/app/queue', flags: AT, shows: /item-0000000001/ },
  verify: { flags: AT, shows: /snapshot\.33 .*with the logs: verified from 0x34 to 0x40/s },
}

/** What it takes is a damaged file. */
const OF_FILES = ['salvage']

test('every snapshot command is here', () => {
  const names = manifestCommands().flatMap(({ words: [topic, name] }) => (topic === 'snapshot' ? name! : []))
  expect([...Object.keys(CASES), ...OF_FILES].sort()).toEqual(names.sort())
})

describe.each(Object.entries(CASES))('snapshot %s', (name, { path, flags, places, input, exit = 0, shows }) => {
  const run = async (place: readonly string[], more: readonly string[]) => {
    const args = ['snapshot', name, ...place, ...(path === undefined ? [] : [path]), ...flags, ...more]
    const { exitCode, stdout, stderr } = await zkops(args, { cwd: folder, ...(input === undefined ? {} : { input }) })
    return { exitCode, stderr, stdout: stdout.replaceAll('/version-2', '') }
  }

  test('directory, version-2 and zoo.cfg are the same', async () => {
    const twice = (place: string) => (places === 2 ? [place, place] : [place])
    const expected = await run(twice(DATA), ['--log-dir', LOGS])
    expect(expected).toMatchObject({ exitCode: exit, stdout: expect.stringMatching(shows), stderr: '' })
    expect(await run(twice(join(DATA, 'version-2')), ['--log-dir', join(LOGS, 'version-2')])).toEqual(expected)
    expect(await run([], ['--config', config])).toEqual(expected)
  })

  test('nothing named is wrong usage', async () => {
    const { exitCode, stdout, stderr } = await zkops(['snapshot', name, ...flags], { cwd: folder })
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringContaining('Which tree?'),
    })
  })
})

test('a zoo.cfg that names no dataDir, or is not there, is exit 3', async () => {
  const empty = join(folder, 'empty.cfg')
  writeFileSync(empty, 'clientPort=2181\n')
  for (const [file, why] of [
    [empty, 'names no dataDir'],
    [join(folder, 'none.cfg'), 'none.cfg'],
  ] as const) {
    const { exitCode, stderr } = await zkops(['snapshot', 'ls', '--config', file])
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining(why)])
  }
})
