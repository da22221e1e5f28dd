/*
 * Epoch files in every state, on the data of real members: what epoch show says is what the members' own start-up code
 * of all six lines does, and what epoch repair writes they start with.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, describe, expect, test } from 'vitest'
import { planUndo } from '../../src/operations/data-repair/undo.ts'
import { EPOCH_FINDINGS } from '../../src/operations/epoch/findings.ts'
import { readMembers, showEpochs } from '../../src/operations/epoch/inspect.ts'
import { planEpochRepair } from '../../src/operations/epoch/repair.ts'
import { startWith } from '../../src/operations/epoch/start.ts'
import { jsonText } from '../../src/render/json.ts'
import { schema } from '../../src/schemas/epoch.ts'
import { noProgress } from '../../src/support/progress.ts'
import { FIXTURES } from '../helpers/fixtures.ts'
import { loadEpochs, RELEASES } from '../helpers/oracle.ts'

const folder = mkdtempSync(join(tmpdir(), 'zkops-epoch-'))
afterAll(() => rmSync(folder, { recursive: true }))

const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema)
const options = { juteMaxbuffer: 1_048_575, progress: noProgress, signal: new AbortController().signal }

type Files = Readonly<Record<string, string | null>>
type Verdict = 'consistent' | 'refuses' | 'suspicious'

/** The data is of epoch 2; null removes a file, one that is not named stays at 2. */
const CASES: readonly (readonly [name: string, files: Files, verdict: Verdict, repaired: string | null])[] = [
  ['as it was', {}, 'consistent', null],
  ['E1 both missing', { currentEpoch: null, acceptedEpoch: null }, 'consistent', null],
  ['E1 current missing', { currentEpoch: null }, 'consistent', null],
  ['E1 accepted missing', { acceptedEpoch: null }, 'consistent', null],
  ['accepted missing below current', { currentEpoch: '3', acceptedEpoch: null }, 'refuses', '3 3'],
  ['E2 current empty', { currentEpoch: '' }, 'refuses', '2 2'],
  ['E2 accepted empty', { acceptedEpoch: '' }, 'refuses', '2 2'],
  ['E3 hexadecimal', { currentEpoch: '0x2' }, 'refuses', '2 2'],
  ['E3 blank behind', { currentEpoch: '2 ' }, 'refuses', '2 2'],
  ['E3 blank before', { acceptedEpoch: ' 2' }, 'refuses', '2 2'],
  ['E3 text', { acceptedEpoch: 'two' }, 'refuses', '2 2'],
  ['E3 an empty first line', { currentEpoch: '\n2' }, 'refuses', '2 2'],
  ['E3 too large for a long', { currentEpoch: '9223372036854775808' }, 'refuses', '2 2'],
  ['E4 newline', { currentEpoch: '2\n', acceptedEpoch: '2\r\n' }, 'consistent', null],
  ['plus sign', { currentEpoch: '+2' }, 'consistent', null],
  ['E5 current above accepted', { currentEpoch: '5' }, 'refuses', '2 2'],
  ['accepted below', { acceptedEpoch: '1' }, 'refuses', '2 2'],
  ['negative', { currentEpoch: '-1' }, 'refuses', '2 2'],
  ['E6 current below the data', { currentEpoch: '1' }, 'refuses', '2 2'],
  ['E6 both below', { currentEpoch: '1', acceptedEpoch: '1' }, 'refuses', '2 2'],
  ['E7 tmp holds it', { currentEpoch: '1', 'currentEpoch.tmp': '2' }, 'consistent', null],
  ['E7 tmp above accepted', { currentEpoch: '1', 'currentEpoch.tmp': '3' }, 'refuses', '2 2'],
  ['E8 tmp too low', { currentEpoch: '1', 'currentEpoch.tmp': '1' }, 'suspicious', '2 2'],
  ['E9 tmp empty', { currentEpoch: '1', 'currentEpoch.tmp': '' }, 'refuses', '2 2'],
  ['E10 stray tmps', { 'currentEpoch.tmp': '7', 'acceptedEpoch.tmp': '' }, 'consistent', null],
  ['E11 tmp of accepted', { currentEpoch: '3', 'acceptedEpoch.tmp': '3' }, 'refuses', '2 2'],
  ['marker of 3.4', { currentEpoch: '1', updatingEpoch: '' }, 'refuses', '2 2'],
  ['one above, no writes', { currentEpoch: '3', acceptedEpoch: '3' }, 'consistent', null],
  ['far above', { currentEpoch: '5', acceptedEpoch: '5' }, 'suspicious', null],
  ['E12 accepted ahead', { acceptedEpoch: '99' }, 'consistent', null],
]

function stage(release: string, name: string, files: Files): readonly [string, string] {
  const place = join(mkdtempSync(join(folder, 'case-')), name)
  cpSync(join(FIXTURES, release, 'ensemble/server.2'), place, { recursive: true })
  for (const [file, text] of Object.entries(files)) {
    const path = join(place, 'data/version-2', file)
    if (text === null) rmSync(path)
    else writeFileSync(path, text)
  }
  return [join(place, 'data'), join(place, 'datalog')]
}

const show = (places: readonly (readonly [string, string])[]) =>
  showEpochs({ ...options, directories: places.map(([data]) => data), logDirs: places.map(([, logs]) => logs) })

const planFor = (places: readonly (readonly [string, string])[]) =>
  planEpochRepair({ ...options, directories: places.map(([data]) => data), logDirs: places.map(([, logs]) => logs) })

const epochsOf = ([data]: readonly [string, string]) =>
  ['currentEpoch', 'acceptedEpoch'].map((name) => readFileSync(join(data, 'version-2', name), 'utf8')).join(' ')

describe.each(RELEASES)('members of %s', (release) => {
  test('every state of the files does what a start does', async () => {
    const places = CASES.map(([name, files]) => stage(release, name, files))
    const predicted = []
    for (const place of places) {
      const [member] = await readMembers({ ...options, directories: [place[0]], logDirs: [place[1]] }, 'quick')
      const rules = release.startsWith('3.4') ? 'marker' : 'tmp'
      const start = startWith(member!.files, member!.reach.lastZxid, rules, member!.place.snapshots)
      const zxid = `0x${member!.reach.lastZxid.toString(16)}`
      const { outcome, ...rest } = start
      predicted.push(
        outcome === 'serves'
          ? { serves: true, zxid, message: '', current: Number(start.current), accepted: Number(start.accepted) }
          : { serves: false, zxid, message: (rest as { message: string }).message },
      )
    }
    const real = await loadEpochs(release, places)
    // a control character in a message is a blank for the oracle
    expect(predicted).toEqual(real)
  })

  test('what repair writes is what a member starts with', async () => {
    const broken = CASES.filter(([, , verdict]) => verdict !== 'consistent')
    const places = broken.map(([name, files]) => stage(release, name, files))
    for (const [i, place] of places.entries()) {
      const [name, , , repaired] = broken[i]!
      const change = await planFor([place])
      expect(change.refused, name).toBe(null)
      if (repaired === null) expect(change.plan.steps, name).toEqual([])
      else {
        const result = await change.apply()
        expect(
          result.verified.map(({ ok }) => ok),
          name,
        ).not.toContain(false)
        expect(epochsOf(place), name).toBe(repaired)
      }
    }
    const real = await loadEpochs(release, places)
    expect(real.map(({ serves }, i) => [broken[i]![0], serves])).toEqual(broken.map(([name]) => [name, true]))
  })
})

test.each(CASES)('%s: verdict', async (name, files, verdict) => {
  const result = await show([stage('3.8.6', name, files)])
  const { directories, findings } = result
  expect(validate(JSON.parse(jsonText(result))), JSON.stringify(validate.errors)).toBe(true)
  expect(Object.keys(EPOCH_FINDINGS)).toEqual(expect.arrayContaining(findings.map(({ code }) => code)))
  expect(directories[0]).toMatchObject({ lastZxidEpoch: 2, verdict })
  expect(directories[0]!.leftovers).toEqual(
    Object.keys(files)
      .filter((file) => /tmp|updating/.test(file))
      .sort(),
  )
  if (verdict !== 'consistent') expect(findings.filter(({ severity }) => severity !== 'info')).toHaveLength(1)
})

test('members side by side: one that has accepted what no other knows stands out', async () => {
  const { directories } = await show([stage('3.8.6', 'ahead', { acceptedEpoch: '99' }), stage('3.8.6', 'other', {})])
  expect(directories.map(({ verdict }) => verdict)).toEqual(['suspicious', 'consistent'])
})

test('members side by side: an epoch that another member has been in is confirmed', async () => {
  const other = stage('3.8.6', 'other', { currentEpoch: '3', acceptedEpoch: '3' })
  const own = stage('3.8.6', 'own', { currentEpoch: '3' })
  const alone = await planFor([own])
  expect(alone.plan.steps.map(({ target }) => target)).toEqual([join(own[0], 'version-2/currentEpoch')])
  const change = await planFor([own, other])
  await change.apply()
  expect(epochsOf(own)).toBe('3 3')
})

test('an epoch file without data is suspicious, and nothing is written', async () => {
  const place = stage('3.8.6', 'wiped', {})
  for (const part of place) {
    for (const name of readdirSync(join(part, 'version-2'))) {
      if (/^(log|snapshot)\./.test(name)) rmSync(join(part, 'version-2', name))
    }
  }
  const { directories, findings } = await show([place])
  expect(directories[0]!.verdict).toBe('suspicious')
  expect(findings.map(({ code }) => code)).toEqual(['epoch.without-data'])
  expect((await planFor([place])).plan.steps).toEqual([])
})

test('damaged data proves nothing: refused, and nothing is changed', async () => {
  const place = stage('3.8.6', 'damaged', { currentEpoch: '1' })
  const file = join(place[1], 'version-2/log.200000023')
  const bytes = readFileSync(file)
  bytes[60]! ^= 1
  writeFileSync(file, bytes)
  const { refused, plan } = await planFor([place])
  expect(refused?.code).toBe('refused.unproven')
  expect(plan.steps).toEqual([])
  expect(readdirSync(place[0])).not.toContain('zkops-undo')
})

test('a hole in the logs proves nothing', async () => {
  const place = stage('3.8.6', 'hole', { currentEpoch: '1' })
  for (const name of ['snapshot.200000021', 'snapshot.200000000']) rmSync(join(place[0], 'version-2', name))
  rmSync(join(place[1], 'version-2/log.200000002'))
  expect((await planFor([place])).refused?.code).toBe('refused.unproven')
})

test('data undo puts the very bytes back', async () => {
  const place = stage('3.8.6', "it's broken", { currentEpoch: '0x2', acceptedEpoch: '1' })
  const { undo } = await (await planFor([place])).apply()
  expect(epochsOf(place)).toBe('2 2')
  const [, , , id] = undo!.split(' ')
  expect(undo).toBe(`zkops data undo ${id} '${place[0].replace("'", "'\\''")}'`)
  const change = await planUndo({ words: [id!, place[0]] })
  expect(change.refused).toBe(null)
  await change.apply()
  expect(epochsOf(place)).toBe('0x2 1')
  expect(readdirSync(place[0])).not.toContain('zkops-undo')
})

test('a log directory for some of the directories only is wrong usage', async () => {
  const place = stage('3.8.6', 'usage', {})
  await expect(
    showEpochs({ ...options, directories: [place[0], place[0]], logDirs: [place[1]] }),
  ).rejects.toMatchObject({ code: 'usage' })
})
