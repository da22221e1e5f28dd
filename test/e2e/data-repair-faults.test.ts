/*
 * Commands that change a data directory in place, with something going wrong at each of their steps: every file is the
 * old or the new one, the same command finishes, and data undo takes it back.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT, zkops } from '../helpers/cli.ts'
import { Victim } from '../helpers/damages.ts'
import { copyTogether } from '../helpers/doctor.ts'
import { contents, expectSame, type FileState, fileStates } from '../helpers/file-states.ts'
import { FULL } from '../helpers/fixtures.ts'

const FAULTS = ['--import', join(ROOT, 'test/helpers/faults.mjs')]
const root = mkdtempSync(join(tmpdir(), 'zkops-repair-faults-'))
afterAll(() => rmSync(root, { recursive: true }))

interface Case {
  readonly fixture?: string
  prepare(dir: string): void | Promise<void>
  args(dir: string): readonly string[]
  /** Where it cannot be taken back by data undo. */
  readonly oneWay?: true
}

const flipMark = (dir: string) => {
  const log = new Victim(dir).log()
  log.flip(log.record(5).end - 1)
}
const repair = (dir: string) => ['data', 'repair', dir, '--server', '3.8', '--execute']

const CASES: Readonly<Record<string, Case>> = {
  'data repair: mend': { prepare: flipMark, args: repair },
  'data undo': {
    prepare: async (dir) => {
      flipMark(dir)
      const { exitCode, stderr } = await zkops(repair(dir))
      expect(exitCode, stderr).toBe(0)
    },
    args: (dir) => ['data', 'undo', dir, '--execute'],
    oneWay: true,
  },
  'data repair: truncate': {
    prepare: (dir) => {
      const victim = new Victim(dir).keepOldestSnapshot()
      victim.log(1).flip(victim.log(1).record(4).at + 40)
    },
    args: (dir) => {
      const accepted = ['--remedy', 'log.truncate', '--accept-loss', '--confirm', '0x2d..0x73']
      return [...repair(dir), ...accepted]
    },
  },
  'data repair: names': { prepare: (dir) => new Victim(dir).log().rename('log.e0'), args: repair },
  'data repair: resync': {
    fixture: '3.8.6/ensemble/server.3',
    prepare: flipFirst,
    args: (dir) => [
      ...repair(dir),
      ...['--role', 'quorum', '--remedy', 'data.resync', '--accept-loss', '--confirm', '0x0..0x20000002c'],
    ],
  },
  'data seed': {
    prepare: (dir) => {
      const { version2, snapshots } = new Victim(dir)
      for (const name of snapshots) writeFileSync(join(version2, name), 'no snapshot')
    },
    args: (dir) => ['data', 'seed', dir, '--zookeeper', '3.8', '--execute'],
  },
  'epoch repair': {
    fixture: '3.8.6/ensemble/server.3',
    prepare: (dir) => {
      writeFileSync(join(dir, 'version-2/currentEpoch'), 'two')
      writeFileSync(join(dir, 'version-2/acceptedEpoch'), '')
    },
    args: (dir) => ['epoch', 'repair', dir, '--execute'],
  },
  'data purge': {
    prepare: () => {},
    args: (dir) => ['data', 'purge', dir, '--keep', '1', '--execute'],
    oneWay: true,
  },
  'data init': {
    prepare: (dir) => rmSync(join(dir, 'version-2'), { recursive: true }),
    args: (dir) => ['data', 'init', dir, '--myid', '3', '--role', 'first', '--execute'],
    oneWay: true,
  },
}

function flipFirst(dir: string): void {
  const log = new Victim(dir).log()
  log.flip(log.record(2).at + 40)
}

const SAMPLE = ['data repair: mend', 'data undo']
const stride = FULL ? 1 : 5

describe.each(Object.entries(CASES).filter(([name]) => FULL || SAMPLE.includes(name)))('%s', (name, one) => {
  const base = join(root, name.replaceAll(/[: ]+/g, '-'))
  let steps: number
  let old: readonly FileState[]
  let fresh: Readonly<Record<string, string>>
  let before: Readonly<Record<string, string>>
  let n = 0

  const copy = () => {
    const dir = `${base}-${n++}`
    // saved files are links: a copy that keeps links is another directory with the same states
    cpSync(base, dir, { recursive: true, preserveTimestamps: true })
    return dir
  }
  const version2 = (dir: string) => ({
    ...contents(dir),
    ...(existsSync(join(dir, 'version-2')) ? contents(join(dir, 'version-2')) : {}),
  })
  const faulty = (dir: string, fault: string, at: number) =>
    zkops(one.args(dir), { nodeArgs: FAULTS, env: { ZKOPS_FAULT: fault, ZKOPS_FAULT_AT: String(at) } })

  beforeAll(async () => {
    copyTogether(one.fixture ?? '3.8.6/standalone', base)
    if (one !== CASES['data undo']) await one.prepare(base)
  })
  /** A directory before the command; an undo knows its directory by its path, so it is made each time. */
  const make = async () => {
    const dir = copy()
    if (one === CASES['data undo']) await one.prepare(dir)
    return dir
  }

  test('counts its steps', async () => {
    const dir = await make()
    before = version2(dir)
    const count = join(root, 'count')
    const { exitCode, stderr } = await zkops(one.args(dir), { nodeArgs: FAULTS, env: { ZKOPS_FAULT_COUNT: count } })
    expect(exitCode, stderr).toBe(0)
    steps = Number(readFileSync(count, 'utf8'))
    expect(steps).toBeGreaterThan(1)
    fresh = version2(dir)
    expect(fresh).not.toEqual(before)
  })

  /** No file is a third thing, and none has a name that a server reads unless it is one of the two. */
  const check = (dir: string, title: string) => {
    for (const [file, sha256] of Object.entries(version2(dir))) {
      if (file.startsWith('.')) continue
      expect([before[file], fresh[file]], `${title}: ${file}`).toContain(sha256)
    }
  }
  const finish = async (dir: string, title: string) => {
    let again = await zkops(one.args(dir))
    if (again.stdout.includes('refused.unfinished')) again = await zkops(repair(dir))
    const done = again.exitCode === 0 || JSON.stringify(version2(dir)) === JSON.stringify(fresh)
    expect(done, `${title}: ${again.stderr}${again.stdout}`).toBe(true)
    expect(version2(dir), title).toEqual(fresh)
  }
  const takeBack = async (dir: string, title: string, then: readonly FileState[]) => {
    const { exitCode, stderr, stdout } = await zkops(['data', 'undo', dir, '--execute'])
    expect(exitCode, `${title}: ${stderr}${stdout}`).toBe(0)
    expectSame(visible(fileStates(dir)), then, title)
  }
  const visible = (states: readonly FileState[]) => states.filter(({ line }) => !line.includes('/.zkops-'))

  const kinds = ['KILL', ...(FULL ? ['ENOSPC', 'EIO', 'EACCES', 'EROFS', 'SIGINT'] : ['ENOSPC'])]
  test.each(kinds)('%s at any of them', { timeout: 1_800_000 }, async (fault) => {
    for (let at = steps; at > 0; at -= stride) {
      const title = `${fault} at step ${at} of ${steps}`
      const dir = await make()
      old = fileStates(dir)
      const { signal, exitCode, stderr } = await faulty(dir, fault, at)
      if (fault === 'KILL') expect(signal, title).toBe('SIGKILL')
      else expect([0, 3, 6, 130], `${title}: ${stderr}`).toContain(exitCode)
      check(dir, title)
      const names = existsSync(join(dir, 'zkops-undo')) ? readdirSync(join(dir, 'zkops-undo')) : []
      const back = one.oneWay === undefined && names.some((entry) => !entry.startsWith('.'))
      if (back && at % 2 === 0) await takeBack(dir, title, old)
      else await finish(dir, title)
      rmSync(dir, { recursive: true })
    }
  })
})
