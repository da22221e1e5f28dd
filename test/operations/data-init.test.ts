import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { aloneIn } from '../../src/datadir/change-lock.ts'
import { type InitOptions, planInit } from '../../src/operations/data-dir/init.ts'
import { run } from '../helpers/cli.ts'
import { loadEpochs } from '../helpers/oracle.ts'

const folder = mkdtempSync(join(tmpdir(), 'zkops-init-'))
afterAll(() => rmSync(folder, { recursive: true }))
const fresh = () => mkdtempSync(join(folder, 'case-'))

async function made(options: InitOptions) {
  const change = await planInit(options)
  expect(change.refused).toBe(null)
  const result = await change.apply()
  expect(result.verified.map(({ ok }) => ok)).not.toContain(false)
  return result
}

test('a joiner', async () => {
  const data = join(fresh(), 'deep/data')
  await made({ directory: data, myid: 4, role: 'joiner' })
  expect(readdirSync(data).sort()).toEqual(['myid', 'version-2'])
  expect(readFileSync(join(data, 'myid'), 'utf8')).toBe('4\n')
})

test('the directories of a zoo.cfg; a first member has its marker beside the logs', async () => {
  const place = fresh()
  const config = join(place, 'zoo.cfg')
  writeFileSync(config, 'dataDir=data dir\ndataLogDir=logs\nserver.1=a:1:2\nserver.2=b:1:2\nserver.3=c:1:2\n')
  const { undo } = await made({ config, myid: 2, role: 'first' })
  expect(readdirSync(join(place, 'data dir')).sort()).toEqual(['myid', 'version-2'])
  expect(readdirSync(join(place, 'logs')).sort()).toEqual(['initialize', 'version-2'])
  expect((await planInit({ config, myid: 2, role: 'first' })).refused?.code).toBe('refused.exists')
  expect((await run('sh', ['-c', undo!])).exitCode).toBe(0)
  expect(readdirSync(place)).toEqual(['zoo.cfg'])
  expect((await planInit({ config, myid: 9, role: 'first' })).refused?.code).toBe('refused.not-listed')
})

describe('refused, and nothing is changed', () => {
  test.each([
    ['a myid', (data: string) => writeFileSync(join(data, 'myid'), '1')],
    ['data', (data: string) => mkdirSync(join(data, 'version-2/log.1'), { recursive: true })],
    ['a marker', (data: string) => writeFileSync(join(data, 'initialize'), '')],
  ])('%s', async (_name, prepare) => {
    const data = fresh()
    prepare(data)
    const before = readdirSync(data, { recursive: true })
    const change = await planInit({ directory: data, myid: 1, role: 'joiner' })
    expect(change.refused?.code).toBe('refused.exists')
    await expect(change.apply()).rejects.toMatchObject({ code: 'refused' })
    expect(readdirSync(data, { recursive: true })).toEqual(before)
  })

  test('a file in its place', async () => {
    const data = join(fresh(), 'data')
    writeFileSync(data, '')
    await expect(planInit({ directory: data, myid: 1, role: 'first' })).rejects.toMatchObject({ code: 'input.missing' })
  })

  test('no directory at all', async () => {
    await expect(planInit({ myid: 1, role: 'first' })).rejects.toMatchObject({ code: 'usage' })
  })
})

test('stopped after any step it goes on', async () => {
  const data = join(fresh(), 'data')
  mkdirSync(join(data, 'version-2'), { recursive: true })
  writeFileSync(join(data, 'initialize'), '')
  const { stepsDone } = await made({ directory: data, myid: 1, role: 'first' })
  expect(stepsDone).toBe(1)
  expect(existsSync(join(data, 'myid'))).toBe(true)
})

test.each(['3.6.4', '3.7.2', '3.8.6', '3.9.5'])(
  'with db.autocreate=false a first member of %s may vote, a joiner not',
  async (release) => {
    const cases = (['first', 'joiner'] as const).map((role) => ({ role, place: fresh() }))
    for (const { role, place } of cases) {
      await made({ directory: join(place, 'data'), logDir: join(place, 'logs'), myid: 1, role })
    }
    const places = cases.map(({ place }) => [join(place, 'data'), join(place, 'logs')] as const)
    const loaded = await loadEpochs(release, places, ['-Dzookeeper.db.autocreate=false'])
    expect(loaded.map(({ zxid }) => zxid)).toEqual(['0x0', '0xffffffffffffffff'])
    // consumed
    expect(existsSync(join(places[0]![1], 'initialize'))).toBe(false)
  },
)

test('one after the other: who comes second is told', async () => {
  const data = join(fresh(), 'data')
  const planned = (myid: number) => planInit({ directory: data, myid, role: 'joiner' })
  const changes = [await planned(1), await planned(2)] as const
  const alone = await aloneIn(data)
  await alone(() => expect(changes[0].apply()).rejects.toMatchObject({ code: 'refused.busy' }))
  expect(readdirSync(data)).toEqual([])
  await changes[0].apply()
  await expect(changes[1].apply()).rejects.toMatchObject({ code: 'refused.exists' })
  expect(readFileSync(join(data, 'myid'), 'utf8')).toBe('1\n')
  expect(readdirSync(data).sort()).toEqual(['myid', 'version-2'])
})
