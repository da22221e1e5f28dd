/*
 * From data doctor to a serving server: each damage of the catalogue, the first command that the doctor prints is run,
 * the real server starts on the result with the tree that was promised, and data undo brings every byte back.
 */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { diagnose } from '../../src/operations/doctor/doctor.ts'
import { SCHEMAS } from '../../src/schemas/index.ts'
import { noProgress } from '../../src/support/progress.ts'
import { type CatalogueEntry, ENTRIES, MEMBER_ENTRIES, setApart, trimNewest } from '../helpers/catalogue.ts'
import { BIN, run } from '../helpers/cli.ts'
import { Victim } from '../helpers/damages.ts'
import { copyTogether, type Outcome, predict, type StartCase, startAll } from '../helpers/doctor.ts'
import { expectSame, type FileState, fileStates } from '../helpers/file-states.ts'
import { FULL } from '../helpers/fixtures.ts'

let root: string
let path: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'zkops repair ü-'))
  mkdirSync(join(root, 'bin'))
  writeFileSync(join(root, 'bin/zkops'), `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`)
  chmodSync(join(root, 'bin/zkops'), 0o755)
  path = `${join(root, 'bin')}:${process.env.PATH}`
})
afterAll(() => rmSync(root, { recursive: true }))

/** As a person pastes it. */
async function paste(line: string) {
  const { exitCode, stdout, stderr } = await run('sh', ['-c', line], { env: { PATH: path } })
  return { exitCode, stderr, json: stdout === '' ? null : JSON.parse(stdout) }
}

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`

interface Kind extends CatalogueEntry {
  readonly peer?: true
}

/** What another member brings back. */
const WITH_PEER: readonly Kind[] = [...ENTRIES, ...MEMBER_ENTRIES]
  .filter(({ id, what }) => ['T3', 'T10', 'T11', 'T15'].includes(id) && !what.includes('newest'))
  .map((entry) => ({ ...entry, peer: true }))

const all: readonly Kind[] = [...ENTRIES, ...MEMBER_ENTRIES, ...WITH_PEER]

interface Repaired {
  readonly code: string
  readonly lossless: boolean
  readonly one: StartCase
  readonly undo: string
  readonly before: readonly FileState[]
}

/** The first thing that the doctor proposes. */
async function firstRemedy(one: StartCase, server: string, peers: readonly string[]) {
  const jvmFlags = one.flags.map((flag) => `-D${flag}`)
  const logDir = one.logDir === one.dataDir ? undefined : one.logDir
  const options = { dir: one.dataDir, server, role: one.role, jvmFlags, logDir, peers }
  const { remedies } = await diagnose({ ...options, signal: new AbortController().signal, progress: noProgress })
  return remedies[0]
}

/** Of the sample on all releases: those that write files. */
const WRITING = ['log.mend', 'log.patch', 'log.truncate', 'snapshot.rebuild', 'data.seed']

const isChange = new Ajv2020({ strict: false }).compile(await SCHEMAS['data-repair']!())
const isListing = new Ajv2020({ strict: false }).compile(await SCHEMAS['data-undo']!())

/** Damages a copy, and carries out what the doctor proposes first; undefined when that is nothing, or was done before. */
async function repair(version: string, kind: Kind, n: number, seen: Set<string>): Promise<Repaired | undefined> {
  const { id, what, damage, role = 'standalone', flags = [], apart, peer } = kind
  const fixture = `${version}/${role === 'quorum' ? 'ensemble/server.3' : 'standalone'}`
  const dir = copyTogether(fixture, join(root, version, String(n)))
  const victim = new Victim(dir)
  trimNewest(victim, role === 'standalone' ? 9 : 1)
  const whole = join(root, version, `${n}-peer`)
  if (peer) cpSync(dir, whole, { recursive: true })
  const logDir = apart ? setApart(victim) : dir
  damage(victim)
  const one: StartCase = { name: `${version} ${id} ${what}`, role, dataDir: dir, logDir, flags }
  const first = await firstRemedy(one, version, peer ? [whole] : [])
  if (first === undefined || first.code === null) return undefined
  const { code } = first
  if (!FULL && (seen.has(code) || !(version === '3.8.6' || WRITING.includes(code)))) return undefined
  seen.add(code)
  const before = fileStates(dir)
  let done = await paste(`${first.command} --execute --json`)
  const lossless = done.exitCode === 0
  if (!lossless) {
    expect(done, `${one.name}: ${first.command} ${JSON.stringify(done.json)}`).toMatchObject({
      exitCode: 5,
      json: { refused: { code: 'refused.loss' } },
    })
    expectSame(fileStates(dir), before)
    const accepted = /with that accepted: (.*)$/.exec(done.json.refused.why)![1]
    done = await paste(`${accepted} --execute --json`)
  }
  expect(done.exitCode, `${one.name}: ${JSON.stringify(done.json)} ${done.stderr}`).toBe(0)
  expect(isChange(done.json), JSON.stringify(isChange.errors)).toBe(true)
  expect(
    done.json.verified.map(({ ok }: { ok: boolean | null }) => ok),
    one.name,
  ).not.toContain(false)
  return { code, lossless, one, undo: done.json.undo, before }
}

/** What was in such a log the damage took, not the repair. */
const EMPTIED = new Set(['log.empty', 'log.header-short'])

function told({ serves, lastZxid, nodes, digest }: Outcome) {
  return { serves, lastZxid, nodes, digest }
}

describe.each(['3.5.10', '3.8.6', '3.9.5'])('%s', (version) => {
  test('the first remedy: the real server starts with the tree that was promised; undo brings all back', {
    timeout: 1_200_000,
  }, async () => {
    const seen = new Set<string>()
    const repaired: Repaired[] = []
    const kinds = version === '3.8.6' || FULL ? [...WRITING, 'data.resync', 'epoch.repair', 'log.empty'] : WRITING
    for (const [n, kind] of all.entries()) {
      if (!FULL && kinds.every((code) => seen.has(code))) break
      const one = await repair(version, kind, n, seen)
      if (one !== undefined) repaired.push(one)
    }
    const codes = new Set(repaired.map(({ code }) => code))
    for (const code of kinds) expect(codes, [...codes].join(' ')).toContain(code)
    // what the server starts on is a copy: it writes
    const copies = repaired.map(({ one }, n): StartCase => {
      const dataDir = join(root, version, `started-${n}`)
      cpSync(one.dataDir, dataDir, { recursive: true })
      return { ...one, dataDir, logDir: one.logDir.replace(one.dataDir, dataDir) }
    })
    const promised: ReturnType<typeof told>[] = []
    for (const one of copies) promised.push(told(await predict(version, one)))
    const real = (await startAll(version, copies)).map(told)
    const same = real.map((one, i) => ({ ...one, digest: promised[i]!.digest === null ? null : one.digest }))
    expect(same.map((one, i) => [copies[i]!.name, one])).toEqual(promised.map((one, i) => [copies[i]!.name, one]))
    expect(real.flatMap(({ serves }, i) => (serves ? [] : copies[i]!.name))).toEqual([])
    // nothing was lost where nothing was to be lost
    const intact = await intactOf(version)
    for (const [i, { lossless, one, code }] of repaired.entries()) {
      if (!lossless || EMPTIED.has(code) || one.flags.length > 0) continue
      expect([one.name, real[i]!.lastZxid], code).toEqual([one.name, intact[one.role].lastZxid])
    }
    for (const { one, undo, before } of repaired) {
      const { exitCode, stderr } = await paste(`${undo} --execute --json`)
      expect(exitCode, `${one.name}: ${stderr}`).toBe(0)
      expectSame(fileStates(one.dataDir), before, one.name)
    }
  })
})

async function intactOf(version: string) {
  const of = async (role: StartCase['role'], fixture: string) => {
    const dataDir = copyTogether(`${version}/${fixture}`, join(root, version, `intact-${role}`))
    trimNewest(new Victim(dataDir), role === 'standalone' ? 9 : 1)
    return predict(version, { name: 'intact', role, dataDir, logDir: dataDir, flags: [] })
  }
  return { standalone: await of('standalone', 'standalone'), quorum: await of('quorum', 'ensemble/server.3') }
}

test('repairs at the same time: at most one does it, the others are refused or find nothing to do', async () => {
  const dir = copyTogether('3.8.6/standalone', join(root, 'twice'))
  const log = new Victim(dir).log()
  log.flip(log.record(5).end - 1)
  const before = fileStates(dir)
  const command = `zkops data repair ${quoted(dir)} --server 3.8 --execute --json`
  const both = await Promise.all([paste(command), paste(command), paste(command)])
  const codes = both.map(
    ({ exitCode, json }) => `${exitCode} ${json.error?.code ?? json.refused?.code ?? json.outcome}`,
  )
  const done = codes.filter((code) => code === '0 done').length
  expect(done).toBeLessThanOrEqual(1)
  // while one reads the files it has them open, as a server does
  const fine = ['0 done', '0 nothing', '5 refused.busy', '5 refused.moved', '5 refused.running-server']
  for (const code of codes) expect(fine).toContain(code)
  if (done === 0) expect((await paste(command)).json.outcome).toBe('done')
  const { json } = await paste(`zkops data undo --list ${quoted(dir)} --json`)
  expect(json.bundles).toHaveLength(1)
  const { exitCode, stderr } = await paste(`zkops data undo ${quoted(dir)} --execute --json`)
  expect(exitCode, stderr).toBe(0)
  expectSame(fileStates(dir), before)
})

test('an undo is refused once a server has run', async () => {
  const dir = copyTogether('3.8.6/standalone', join(root, 'ran'))
  writeFileSync(join(dir, 'version-2/log.f0'), '')
  const done = await paste(`zkops data repair ${quoted(dir)} --server 3.8 --execute --json`)
  expect(done.exitCode, done.stderr).toBe(0)
  await startAll('3.8.6', [{ name: 'ran', role: 'standalone', dataDir: dir, logDir: dir, flags: [] }])
  const before = fileStates(dir)
  const { exitCode, json } = await paste(`${done.json.undo} --execute --json`)
  expect([exitCode, json.refused.code]).toEqual([5, 'refused.changed'])
  expectSame(fileStates(dir), before)
  const { json: list } = await paste(`zkops data undo --list ${quoted(dir)} --json`)
  expect(isListing(list), JSON.stringify(isListing.errors)).toBe(true)
  expect(list.bundles.map(({ state }: { state: string }) => state)).toEqual(['changed'])
  expect(readFileSync(join(list.directory, 'zkops-undo', list.bundles[0].id, 'bundle.json'), 'utf8')).toContain(
    'sha256',
  )
})
