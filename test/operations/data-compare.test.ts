/* Directories of real members of one ensemble, whole and with what nights do to them. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, describe, expect, test } from 'vitest'
import { compareData } from '../../src/operations/data-dir/compare.ts'
import { COMPARE_FINDINGS } from '../../src/operations/data-dir/findings.ts'
import { dataCompareText } from '../../src/render/data-compare.ts'
import { jsonText } from '../../src/render/json.ts'
import { createStyle } from '../../src/render/style.ts'
import { schema } from '../../src/schemas/data-compare.ts'
import { noProgress } from '../../src/support/progress.ts'
import { FIXTURES } from '../helpers/fixtures.ts'
import { RELEASES } from '../helpers/oracle.ts'

const folder = mkdtempSync(join(tmpdir(), 'zkops-compare-'))
afterAll(() => rmSync(folder, { recursive: true }))
const options = { juteMaxbuffer: 1_048_575, progress: noProgress, signal: new AbortController().signal }
const validate = new Ajv2020({ strict: false }).compile(schema)
const PLAIN = createStyle({ color: false, unicode: false })

interface Staged {
  readonly data: string
  readonly logs: string
}

function stage(release: string): readonly Staged[] {
  const place = mkdtempSync(join(folder, 'case-'))
  return [1, 2, 3].map((id) => {
    cpSync(join(FIXTURES, release, `ensemble/server.${id}`), join(place, `${id}`), { recursive: true })
    return { data: join(place, `${id}/data`), logs: join(place, `${id}/datalog`) }
  })
}

async function compare(members: readonly Staged[], trees = false) {
  const [directories, logDirs] = [members.map(({ data }) => data), members.map(({ logs }) => logs)]
  const result = await compareData({ ...options, directories, logDirs, trees })
  expect(validate(JSON.parse(jsonText(result))), JSON.stringify(validate.errors)).toBe(true)
  const own = result.findings.map(({ code }) => code).filter((code) => code.startsWith('compare.'))
  expect(Object.keys(COMPARE_FINDINGS)).toEqual(expect.arrayContaining(own))
  return result
}

/** The member's folder, for short. */
const short = (directory: string | null) => (directory === null ? null : basename(dirname(directory)))
const codes = (result: Awaited<ReturnType<typeof compare>>) => result.findings.map(({ code }) => code)

/** Keeps the first `records` records of a log. */
function cut({ logs }: Staged, name: string, records: number): void {
  const file = join(logs, 'version-2', name)
  const bytes = readFileSync(file)
  let at = 16
  for (let i = 0; i < records; i++) at += bytes.readInt32BE(at + 8) + 13
  writeFileSync(file, bytes.subarray(0, at))
}

describe.each(RELEASES)('members of %s', (release) => {
  test('as they stopped: one history, one tree, the highest id wins', async () => {
    const result = await compare(stage(release), true)
    expect(result.verdict).toBe('identical')
    expect(result.firstDifference).toBe(null)
    expect(result.findings).toEqual([])
    expect([short(result.wouldWin), short(result.truth)]).toEqual(['3', '3'])
    expect(new Set(result.trees!.map(({ digest }) => digest)).size).toBe(1)
    expect(result.trees![0]!.digest).not.toBe(null)
    for (const { agreedTo, lastZxid, sound, tail } of result.directories) {
      expect({ agreedTo, sound, tail }).toEqual({ agreedTo: lastZxid, sound: true, tail: null })
    }
    expect(await dataCompareText(result, PLAIN)).toMatch(/\nidentical\n$/)
  })
})

test('a tail that one member alone has was never committed', async () => {
  const members = stage('3.8.6')
  cut(members[1]!, 'log.200000023', 7)
  const last = readdirSync(join(members[2]!.logs, 'version-2')).find((name) => name.startsWith('log.2'))!
  cut(members[2]!, last, 0x29)
  const result = await compare(members)
  expect(result.verdict).toBe('prefix')
  expect(result.directories.map(({ tail }) => tail)).toEqual([
    { fromZxid: 0x20000002an, toZxid: 0x20000002cn },
    null,
    null,
  ])
  expect(codes(result)).toContain('compare.tail')
  expect([short(result.wouldWin), short(result.truth)]).toEqual(['1', '1'])
})

test('a member that is behind does not win, whatever its id', async () => {
  const members = stage('3.8.6')
  const last = readdirSync(join(members[2]!.logs, 'version-2')).find((name) => name.startsWith('log.2'))!
  cut(members[2]!, last, 3)
  const result = await compare(members)
  expect(result.verdict).toBe('prefix')
  expect([short(result.wouldWin), short(result.truth)]).toEqual(['2', '2'])
  expect(result.only).toMatchObject([
    { kind: 'behind', toZxid: 0x20000002cn },
    { kind: 'behind', toZxid: 0x20000002cn },
  ])
  expect(result.only.map(({ lacking }) => short(lacking))).toEqual(['3', '3'])
})

test('a member with a hole is not the truth, and is called the wrong winner', async () => {
  const members = stage('3.8.6')
  const file = join(members[2]!.logs, 'version-2/log.200000001')
  const bytes = readFileSync(file)
  const ends = [16]
  for (let i = 0; i < 10; i++) ends.push(ends.at(-1)! + bytes.readInt32BE(ends.at(-1)! + 8) + 13)
  writeFileSync(file, Buffer.concat([bytes.subarray(0, ends[4]), bytes.subarray(ends[8])]))
  const result = await compare(members, true)
  expect(result.verdict).toBe('hole')
  expect([short(result.wouldWin), short(result.truth)]).toEqual(['3', '2'])
  expect(result.directories.map(({ sound }) => sound)).toEqual([true, true, false])
  expect(codes(result)).toEqual(expect.arrayContaining(['diff.hole', 'compare.wrong-winner', 'compare.trees-differ']))
  expect(result.firstDifference?.zxid).toBe(0x200000005n)
})

test('an epoch file that outranks newer data: the wrong winner', async () => {
  const members = stage('3.8.6')
  cut(members[0]!, 'log.20000000a', 4)
  for (const name of ['currentEpoch', 'acceptedEpoch']) writeFileSync(join(members[0]!.data, 'version-2', name), '9')
  const result = await compare(members)
  expect([short(result.wouldWin), short(result.truth)]).toEqual(['1', '3'])
  expect(codes(result)).toEqual(expect.arrayContaining(['compare.wrong-winner', 'epoch.current-ahead']))
})

test('two histories: a majority says which one, two alone cannot', async () => {
  const members = stage('3.8.6')
  // another value under the same zxid, with a checksum that fits
  const place = join(members[1]!.logs, 'version-2')
  rmSync(place, { recursive: true })
  cpSync(join(FIXTURES, '3.9.5/ensemble/server.2/datalog/version-2'), place, { recursive: true })
  const three = await compare(members)
  expect(three.verdict).toBe('diverged')
  expect(short(three.truth)).toBe('3')
  expect(three.directories[1]!.agreedTo).toBe(three.directories[1]!.tail!.fromZxid - 1n)
  const two = await compare(members.slice(0, 2))
  expect(two.verdict).toBe('diverged')
  expect(two.truth).toBe(null)
  expect(two.why).toContain('two histories')
})

test('a damaged log is no truth; one directory is wrong usage', async () => {
  const members = stage('3.8.6')
  const file = join(members[2]!.logs, 'version-2/log.200000001')
  const bytes = readFileSync(file)
  bytes[400]! ^= 1
  writeFileSync(file, bytes)
  const result = await compare(members)
  expect(short(result.truth)).toBe('2')
  expect(result.directories[2]!.sound).toBe(false)
  await expect(compare(members.slice(0, 1))).rejects.toMatchObject({ code: 'usage' })
})
