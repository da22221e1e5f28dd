/* Data directories in all kinds of places: links, mounts, full and read-only disks, other users. */
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { BIN, run, zkops } from '../helpers/cli.ts'
import { Victim } from '../helpers/damages.ts'
import { copyTogether, startAll } from '../helpers/doctor.ts'
import { expectSame, fileStates } from '../helpers/file-states.ts'

const root = mkdtempSync(join(tmpdir(), 'zkops-places-'))
chmodSync(root, 0o755)
afterAll(() => rmSync(root, { recursive: true }))

const isRoot = process.getuid?.() === 0

/** A directory whose newest log has a wrong end mark, at a place whose name is not easy. */
function damaged(name: string): string {
  const dir = copyTogether('3.8.6/standalone', join(root, `${name} ünïcode 日本`))
  const log = new Victim(dir).log()
  log.flip(log.record(5).end - 1)
  return dir
}

async function json(args: readonly string[]) {
  const { exitCode, stdout, stderr } = await zkops([...args, '--json'])
  return { exitCode, stderr, json: JSON.parse(stdout) }
}

const repair = (dir: string) => json(['data', 'repair', dir, '--server', '3.8', '--execute'])
const undo = (dir: string) => json(['data', 'undo', dir, '--execute'])

/** Repaired, served from 0x73 on, and taken back. */
async function thereAndBack(dir: string, states: string): Promise<void> {
  const before = fileStates(states)
  const done = await repair(dir)
  expect(done, JSON.stringify(done)).toMatchObject({ exitCode: 0, json: { outcome: 'done' } })
  const copy = `${dir}-started`
  cpSync(join(dir, 'version-2/'), join(copy, 'version-2'), { recursive: true, dereference: true })
  const [real] = await startAll('3.8.6', [{ name: dir, role: 'standalone', dataDir: copy, logDir: copy, flags: [] }])
  expect(real).toMatchObject({ serves: true, lastZxid: '0x73' })
  const back = await undo(dir)
  expect(back, JSON.stringify(back)).toMatchObject({ exitCode: 0, json: { outcome: 'done' } })
  expectSame(fileStates(states), before)
}

/** A file system of its own; skipped where none can be mounted. */
async function mounted(place: string, options: string): Promise<void> {
  mkdirSync(place, { recursive: true })
  const { exitCode, stderr } = await run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', place])
  expect(exitCode, stderr).toBe(0)
  onTestFinished(async () => void (await run('umount', ['-l', place])))
}

const mayMount = isRoot && (await canMount())

async function canMount(): Promise<boolean> {
  const place = mkdtempSync(join(tmpdir(), 'zkops-mount-'))
  const { exitCode } = await run('mount', ['-t', 'tmpfs', 'tmpfs', place])
  if (exitCode === 0) await run('umount', ['-l', place])
  rmSync(place, { recursive: true })
  return exitCode === 0
}

test('version-2 is a link to another directory', async () => {
  const dir = damaged('linked')
  const elsewhere = join(root, 'else where')
  renameSync(join(dir, 'version-2'), elsewhere)
  symlinkSync(elsewhere, join(dir, 'version-2'))
  await thereAndBack(dir, elsewhere)
  expect(readdirSync(dir)).toEqual(['version-2'])
})

describe.skipIf(!mayMount)('with mounts', () => {
  test('version-2 is a mount of its own', async () => {
    const dir = damaged('mounted')
    const files = join(root, 'files of mounted')
    renameSync(join(dir, 'version-2'), files)
    await mounted(join(dir, 'version-2'), 'size=200m')
    cpSync(files, join(dir, 'version-2'), { recursive: true, preserveTimestamps: true })
    await thereAndBack(dir, join(dir, 'version-2'))
  })

  test('a full disk: nothing is changed, nothing is left', async () => {
    const from = damaged('full')
    const dir = join(root, 'full disk')
    await mounted(dir, 'size=6m')
    cpSync(from, dir, { recursive: true, preserveTimestamps: true })
    const { bavail, bsize } = (await import('node:fs')).statfsSync(dir)
    writeFileSync(join(dir, 'filler'), Buffer.alloc(bavail * bsize - 8192))
    const before = fileStates(dir)
    const { exitCode, json: said } = await repair(dir)
    expect([exitCode, said.error?.code], JSON.stringify(said)).toEqual([6, 'stopped.output'])
    expectSame(fileStates(dir), before)
    rmSync(join(dir, 'filler'))
    expect((await repair(dir)).exitCode).toBe(0)
  })

  test('a read-only disk: nothing is changed, and it is said', async () => {
    const from = damaged('read-only')
    const dir = join(root, 'read only')
    await mounted(dir, 'size=200m')
    cpSync(from, dir, { recursive: true, preserveTimestamps: true })
    const before = fileStates(dir)
    expect((await run('mount', ['-o', 'remount,ro', dir])).exitCode).toBe(0)
    const { exitCode, json: said } = await repair(dir)
    // the doctor sees that a server could not write either
    expect([5, 6], JSON.stringify(said)).toContain(exitCode)
    expectSame(fileStates(dir), before)
  })
})

test.skipIf(!isRoot)('another user: nothing is changed, and it is said', async () => {
  const dir = damaged('other user')
  const before = fileStates(dir)
  const nobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups', process.execPath, BIN]
  const { exitCode, stdout, stderr } = await run(
    'setpriv',
    [...nobody, 'data', 'repair', dir, '--server', '3.8', '--execute', '--json'],
    { env: { HOME: root } },
  )
  // the service's user has to be the one that repairs
  expect([5, 6], `${stdout}${stderr}`).toContain(exitCode)
  expectSame(fileStates(dir), before)
  // where everybody may write, files would change hands
  for (const place of [dir, join(dir, 'version-2')]) chmodSync(place, 0o777)
  const states = fileStates(join(dir, 'version-2'))
  const said = await run('setpriv', [...nobody, 'data', 'repair', dir, '--server', '3.8', '--execute', '--json'], {
    env: { HOME: root },
  })
  expect([said.exitCode, JSON.parse(said.stdout).error?.code], said.stdout).toEqual([5, 'refused.other-user'])
  expectSame(fileStates(join(dir, 'version-2')), states)
  expect(readdirSync(dir)).toEqual(['version-2'])
})

test.skipIf(!isRoot)('files keep their owner', async () => {
  const dir = damaged('owned')
  for (const name of ['', ...readdirSync(join(dir, 'version-2'))]) chownSync(join(dir, 'version-2', name), 1234, 1234)
  chmodSync(new Victim(dir).log().file, 0o640)
  const before = fileStates(dir)
  expect((await repair(dir)).exitCode).toBe(0)
  const owned = fileStates(dir).map(({ line }) => line.split(' ').slice(2, 5).join(' '))
  expect(owned).toEqual(before.map(({ line }) => line.split(' ').slice(2, 5).join(' ')))
  expect((await undo(dir)).exitCode).toBe(0)
  expectSame(fileStates(dir), before)
})
