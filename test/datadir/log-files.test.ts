import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findLogs } from '../../src/datadir/log-files.ts'
import { strayKind, zxidFromName } from '../../src/datadir/names.ts'

describe('names, as servers from 3.6 on read them', () => {
  test.each([
    ['log.1', 1n],
    ['log.1a', 0x1an],
    ['log.1A', 0x1an],
    ['log.0013', 0x13n],
    ['log.5.bak', 5n],
    ['log.100000001', 0x100000001n],
    ['log.7fffffffffffffff', 0x7fffffffffffffffn],
    ['log.-1', -1n],
  ])('%s', (name, zxid) => expect(zxidFromName(name, 'log')).toBe(zxid))

  test.each(['log', 'log.', 'log.1x', 'logs.1', 'xlog.1', 'log.ffffffffffffffff', 'snapshot.1', '.log.1', 'log.0x1'])(
    '%s is no log',
    (name) => expect(zxidFromName(name, 'log')).toBeUndefined(),
  )

  test('what is a stray copy and what a compressed backup', () => {
    const kinds = (names: readonly string[], folder: string) => names.map((name) => strayKind(name, folder))
    for (const folder of ['version-2', 'backups']) {
      const copies = ['log.5.bak', 'log.5.fixed', 'log.5.chopped16', 'log.5.gz.bak']
      expect(kinds(copies, folder)).toEqual(['copy', 'copy', 'copy', 'copy'])
      expect(kinds(['log.5', 'log.5x.bak', 'snapshot.1.gz'], folder)).toEqual([false, false, false])
    }
    expect(kinds(['log.5.gz', 'log.5.snappy'], 'backups')).toEqual([false, false])
    // a server's own directory: it would not unpack them
    expect(kinds(['log.5.gz', 'log.5.snappy'], 'version-2')).toEqual(['compressed', 'compressed'])
  })
})

describe('places', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'zkops-places-'))
    mkdirSync(join(folder, 'data/version-2'), { recursive: true })
    mkdirSync(join(folder, 'empty'))
    for (const name of ['log.a', 'log.1', 'log.10', 'log.2.bak', 'snapshot.9', 'myid', 'log.x']) {
      writeFileSync(join(folder, 'data/version-2', name), '')
    }
    writeFileSync(join(folder, 'other'), '')
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  const files = async (...places: string[]) =>
    (await findLogs(places.map((place) => join(folder, place)))).logs.map(({ file }) => file.slice(folder.length + 1))

  test('a data directory, its version-2 and single files, in zxid order', async () => {
    const inside = ['log.1', 'log.2.bak', 'log.a', 'log.10'].map((name) => `data/version-2/${name}`)
    expect(await files('data')).toEqual(inside)
    expect(await files('data/version-2')).toEqual(inside)
    expect(await files('data/version-2/log.10', 'other', 'data/version-2/log.1')).toEqual([
      'other',
      'data/version-2/log.1',
      'data/version-2/log.10',
    ])
  })
  test('stray copies are marked, snapshots are told', async () => {
    const { logs, snapshots } = await findLogs([join(folder, 'data')])
    expect(logs.filter(({ stray }) => stray).map(({ nameZxid }) => nameZxid)).toEqual([2n])
    expect(snapshots).toEqual([9n])
  })
  test('the path stays as it was given', async () => {
    const { logs } = await findLogs([`${folder}/data/../data`])
    expect(logs[0]!.file).toBe(join(folder, 'data/version-2/log.1'))
    expect((await findLogs(['-'])).logs).toEqual([{ file: '-', nameZxid: undefined, stray: false }])
  })
  test.each([
    ['nothing', 'input.missing'],
    ['other/below', 'input.missing'],
    ['empty', 'input.no-logs'],
  ])('%s', async (place, code) => {
    await expect(findLogs([join(folder, place)])).rejects.toMatchObject({ code, file: expect.stringContaining(place) })
  })
})
