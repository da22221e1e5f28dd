/*
 * What chop, salvage and patch write, held against the servers that wrote the originals: the tree that a server comes up
 * with on the result is the one that its own classes make of the original logs up to the promised zxid.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { planChop } from '../../src/operations/log-repair/chop.ts'
import { planPatch } from '../../src/operations/log-repair/patch.ts'
import { planSalvage } from '../../src/operations/log-repair/salvage.ts'
import type { Change } from '../../src/support/change.ts'
import { noProgress } from '../../src/support/progress.ts'
import { dump, verify } from '../helpers/dump.ts'
import { FIXTURES, FULL, seeded } from '../helpers/fixtures.ts'
import { RELEASES, replayUpTo, type ServerStart, startOn } from '../helpers/oracle.ts'

const folder = mkdtempSync(join(tmpdir(), 'zkops-repair-servers-'))
afterAll(() => rmSync(folder, { recursive: true }))

const COMMON = { juteMaxbuffer: 1_048_575, progress: noProgress, signal: new AbortController().signal }

/** Directories of several logs each, some with several epochs. */
function originals(version: string): string[] {
  return readdirSync(join(FIXTURES, version), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.name === 'datalog')
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((place) => readdirSync(join(place, 'version-2')).length > 1)
    .filter((place) => FULL || /(standalone|server\.3)\/datalog$/.test(place))
    .sort()
}

interface Expectation {
  /** A data directory that a server is started on. */
  readonly directory: string
  readonly title: string
  readonly original: string
  readonly zxid: bigint
}

/** The result as a server would find it: an empty snapshot, as a first start writes it, and the logs. */
function staged(logs: string): string {
  const directory = mkdtempSync(join(folder, 'data-'))
  cpSync(join(folder, 'empty'), directory, { recursive: true })
  for (const name of readdirSync(logs).filter((name) => name.startsWith('log.'))) {
    cpSync(join(logs, name), join(directory, 'version-2', name))
  }
  return directory
}

/** zxids of the logs: the first and last of each, and one in the middle. */
async function cutsOf(original: string, random: () => number): Promise<bigint[]> {
  const { records: all } = await dump([original])
  const cuts = [...new Set(all.map(({ file }) => file))].flatMap((file) => {
    const records = all.filter((record) => record.file === file)
    const middle = Math.floor(random() * (records.length - 1))
    return [records[0]!, records.at(-1)!, records[middle]!].map(({ zxid }) => BigInt(zxid as string))
  })
  return [...new Set(cuts)]
}

async function applied(change: Change, title: string): Promise<void> {
  expect(change.refused, title).toBeNull()
  expect(change.plan.steps.length, title).toBeGreaterThan(0)
  expect((await change.apply()).verified, title).toMatchObject([{ check: 'log verify', ok: true }])
}

let made = 0
const place = () => join(folder, `place-${made++}`)

/** The logs of an original with one file changed, in a directory of their own. */
function damaged(original: string, file: string, change: (bytes: Buffer) => void): string {
  const copy = place()
  cpSync(join(original, 'version-2'), copy, { recursive: true })
  const bytes = readFileSync(file)
  change(bytes)
  writeFileSync(join(copy, relative(join(original, 'version-2'), file)), bytes)
  return copy
}

type Maker = (original: string, random: () => number) => Promise<Expectation[]>

const chopped: Maker = async (original, random) => {
  const expectations: Expectation[] = []
  for (const zxid of await cutsOf(original, random)) {
    const title = `${relative(FIXTURES, original)} up to 0x${zxid.toString(16)}`
    const output = place()
    await applied(await planChop({ ...COMMON, places: [original], toZxid: zxid, output }), title)
    expectations.push({ directory: staged(output), title, original, zxid })
  }
  return expectations
}

/** From several places, one of them a compressed backup of another name. */
const choppedOutOfCompressed: Maker = async (original, random) => {
  const logs = join(original, 'version-2')
  const [first, ...others] = readdirSync(logs).map((name) => join(logs, name))
  const backups = place()
  mkdirSync(backups)
  writeFileSync(join(backups, 'first.gz'), gzipSync(readFileSync(first!)))
  const cuts = await cutsOf(original, random)
  const zxid = cuts[Math.floor(random() * cuts.length)]!
  const title = `${relative(FIXTURES, original)}, the first compressed, up to 0x${zxid.toString(16)}`
  const output = place()
  const places = [...others, join(backups, 'first.gz')]
  await applied(await planChop({ ...COMMON, places, toZxid: zxid, output }), title)
  return [{ directory: staged(output), title, original, zxid }]
}

/** Some records in the middle of a log are overwritten, and filled from a peer. */
const patched: Maker = async (original, random) => {
  const { files } = await verify([original])
  const { file, usedBytes } = files.find(({ records }) => records > 4)!
  const from = 16 + Math.floor(usedBytes * (0.2 + random() * 0.3))
  const copy = damaged(original, file, (bytes) => bytes.fill(Math.floor(random() * 3), from, from + 300))
  const title = `${relative(FIXTURES, file)} patched at ${from}`
  const output = place()
  await applied(await planPatch({ ...COMMON, places: [copy], peers: [original], output }), title)
  return [{ directory: staged(output), title, original, zxid: files.at(-1)!.lastZxid! }]
}

/** Only a length is wrong: nothing is lost. */
const salvaged: Maker = async (original, random) => {
  const { files } = await verify([original])
  const { file } = files[0]!
  let at = 16
  const copy = damaged(original, file, (bytes) => {
    for (let i = 0; i < 2 + Math.floor(random() * 3); i++) at += bytes.readInt32BE(at + 8) + 13
    bytes.writeInt32BE([0, -1, 77, 0x7fffffff, 500_000][Math.floor(random() * 5)]!, at + 8)
  })
  const title = `${relative(FIXTURES, file)} salvaged at ${at}`
  const output = place()
  await applied(await planSalvage({ ...COMMON, places: [copy], output }), title)
  return [{ directory: staged(output), title, original, zxid: files.at(-1)!.lastZxid! }]
}

beforeAll(async () => {
  mkdirSync(join(folder, 'empty/version-2'), { recursive: true })
  await startOn('3.5.10', [join(folder, 'empty')])
})

test.each(RELEASES)('a server of %s comes up with the promised tree', { timeout: 600_000 }, async (version) => {
  const random = seeded(RELEASES.indexOf(version))
  const expectations: Expectation[] = []
  for (const original of originals(version)) {
    for (const make of [chopped, choppedOutOfCompressed, patched, salvaged]) {
      expectations.push(...(await make(original, random)))
    }
  }
  expect(expectations.length).toBeGreaterThan(10)
  const starts = await startOn(
    version,
    expectations.map(({ directory }) => directory),
  )
  const promised = await replayUpTo(
    version,
    expectations.map(({ original, zxid }) => [original, zxid] as const),
  )
  const told = ({ serves, lastZxid, nodes }: ServerStart) => ({ serves, lastZxid, nodes })
  for (const [i, { title, zxid }] of expectations.entries()) {
    expect(starts[i]!.lastZxid, `${title}: ${starts[i]!.message}`).toBe(`0x${zxid.toString(16)}`)
    expect(told(starts[i]!), title).toEqual(told(promised[i]!))
  }
})
