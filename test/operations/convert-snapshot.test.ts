/*
 * `snapshot convert`: what it writes is loaded by the classes of the release that it is for, and is exactly what was to
 * stay.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Compression } from '../../src/datadir/byte-source.ts'
import { type ConvertOptions, planConvert } from '../../src/operations/convert-snapshot/convert.ts'
import { dumpSnapshot } from '../../src/operations/dump-snapshot.ts'
import { nodeJson } from '../../src/render/snapshot-json.ts'
import type { ZkopsError } from '../../src/support/errors.ts'
import { noProgress } from '../../src/support/progress.ts'
import { FIXTURES, fixtureSnapshots, seeded } from '../helpers/fixtures.ts'
import { loadWithServer, RELEASES } from '../helpers/oracle.ts'
import { verifyOne } from '../helpers/snapshot.ts'
import { BASE, node, snapshot } from '../helpers/snapshot-builder.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-convert-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const STANDALONE = join(FIXTURES, '3.9.5/standalone/data/version-2/snapshot.49')

let made = 0
function write(bytes: Uint8Array, name = 'snapshot.1'): string {
  const file = join(mkdtempSync(join(folder, `${made++}-`)), name)
  writeFileSync(file, bytes)
  return file
}

function plan(place: string, more: Partial<ConvertOptions> = {}) {
  return planConvert({
    place,
    output: join(folder, `out-${made++}`),
    keep: [],
    prune: [],
    sessions: 'keep',
    juteMaxbuffer: 1_048_575,
    signal: new AbortController().signal,
    progress: noProgress,
    ...more,
  })
}

/** The file that it makes. */
async function convert(place: string, more: Partial<ConvertOptions> = {}): Promise<string> {
  const change = await plan(place, more)
  expect(change.refused).toBe(null)
  await change.apply()
  return change.plan.steps[0]!.target
}

async function nodes(place: string): Promise<readonly string[]> {
  const lines: string[] = []
  const common = { juteMaxbuffer: 1_048_575, signal: new AbortController().signal, progress: noProgress }
  for await (const part of dumpSnapshot({ ...common, place })) {
    if (part.kind !== 'nodes') continue
    for (let row = 0; row < part.count; row++) lines.push(JSON.stringify(nodeJson(part, row, { data: true })))
  }
  return lines
}

const pathOf = (line: string) => (JSON.parse(line) as { path: string }).path
const typeOf = (line: string) => (JSON.parse(line) as { type: string }).type

describe('servers load it', () => {
  const FORMS: readonly Compression[] = ['none', 'gzip', 'snappy']
  // whole and damaged in no way, one of each release and form
  const sample = fixtureSnapshots().filter(({ name }) => /(standalone|gzip|snappy|digest-off).*snapshot\.49/.test(name))

  test.each(RELEASES)('%s, from every release and form', async (version) => {
    const line = version.split('.').slice(0, 2).join('.')
    const old = line < '3.6'
    expect(sample.length).toBeGreaterThan(10)
    const files: string[] = []
    const expected: object[] = []
    for (const { file } of sample) {
      const given = await verifyOne(file)
      for (const compression of old ? (['none'] as const) : FORMS) {
        // 3.4 would delete them
        const prune =
          line === '3.4' ? (await nodes(file)).filter((one) => /container|ttl/.test(typeOf(one))).map(pathOf) : []
        const written = await convert(file, { zookeeper: line, compression, prune })
        expect(basename(written)).toMatch(new RegExp(`^snapshot\\.49(${old ? '' : '\\.gz|\\.snappy|'})$`))
        files.push(written)
        const result = await verifyOne(written)
        expect(result).toMatchObject({ verdict: 'valid', compression, sessions: given.sessions })
        expect(result.format <= (line >= '3.9' ? '3.9' : old ? '3.4' : '3.6')).toBe(true)
        if (prune.length === 0) expect(await nodes(written)).toEqual(await nodes(file))
        const stored = result.digest?.match === true ? `0x${result.digest.computed!.toString(16)}` : null
        expected.push({
          outcome: 'loads',
          zxid: '0x49',
          nodes: result.nodes,
          sessions: given.sessions,
          ...(stored === null || old ? {} : { digest: stored }),
        })
      }
    }
    const loaded = await loadWithServer(version, files)
    expect(loaded.map((one, i) => ({ ...one, file: files[i] }))).toMatchObject(
      expected.map((one, i) => ({ ...one, file: files[i] })),
    )
  })
})

describe('what stays', () => {
  test.each([
    [
      { keep: ['/app/queue'] },
      (path: string) => /^\/(app(\/queue.*)?|zookeeper(\/config|\/quota(\/app(\/queue.*)?)?)?)?$/.test(path),
    ],
    [{ prune: ['/app/queue'] }, (path: string) => !/^(\/zookeeper\/quota)?\/app\/queue/.test(path)],
    [
      { keep: ['/app'], prune: ['/app/queue', '/app/multi'] },
      (path: string) =>
        /^\/(app.*|zookeeper(\/config|\/quota(\/app.*)?)?)?$/.test(path) && !/\/app\/(queue|multi)/.test(path),
    ],
  ] as const)('%j', async (selection, stays) => {
    const given = await nodes(STANDALONE)
    const written = await convert(STANDALONE, selection as Partial<ConvertOptions>)
    const expected = given.filter((line) => stays(pathOf(line)))
    expect(expected.length).toBeLessThan(given.length)
    expect(expected.length).toBeGreaterThan(4)
    expect(await nodes(written)).toEqual(expected)
    const [loaded] = await loadWithServer('3.9.5', [written])
    const { digest } = await verifyOne(written)
    expect([loaded!.outcome, loaded!.nodes, digest?.match]).toEqual(['loads', expected.length, true])
    expect(loaded!.digest).toBe(`0x${digest!.computed!.toString(16)}`)
  })

  test('names that begin alike are others', async () => {
    const file = write(snapshot([...BASE, node('/a'), node('/a/b'), node('/ab'), node('/a-b')]))
    expect((await nodes(await convert(file, { prune: ['/a'] }))).map(pathOf).slice(3)).toEqual(['/ab', '/a-b'])
    expect((await nodes(await convert(file, { keep: ['/a'] }))).map(pathOf).slice(3)).toEqual(['/a', '/a/b'])
  })

  test('sessions go with their ephemerals, and only these', async () => {
    const given = await nodes(STANDALONE)
    const change = await plan(STANDALONE, { sessions: 'drop' })
    const ephemerals = given.filter((line) => typeOf(line) === 'ephemeral')
    expect(ephemerals.length).toBeGreaterThan(0)
    expect(change.plan.loses.znodes).toEqual(ephemerals.map(pathOf))
    expect(change.plan.steps[0]!.detail).toContain('2 sessions are left out, and their ephemerals')
    await change.apply()
    const written = change.plan.steps[0]!.target
    expect(await nodes(written)).toEqual(given.filter((line) => typeOf(line) !== 'ephemeral'))
    const [loaded] = await loadWithServer('3.9.5', [written])
    expect(loaded).toMatchObject({ outcome: 'loads', sessions: 0, nodes: given.length - ephemerals.length })
  })

  test('nothing changed is the same bytes', async () => {
    for (const { file, name } of fixtureSnapshots()) {
      if (!/standalone|ensemble|digest-off/.test(name)) continue
      expect([name, readFileSync(await convert(file)).equals(readFileSync(file))]).toEqual([name, true])
    }
  })
})

describe('the digest', () => {
  const fuzzy = snapshot([...BASE, node('/a'), node('/late', { czxid: 9n, mzxid: 9n, pzxid: 9n })], {
    blocks: { digest: { zxid: 9n, version: 2, value: 5n }, lastZxid: 9n },
  })

  test('of a fuzzy snapshot stays while nothing is left out', async () => {
    const result = await verifyOne(await convert(write(fuzzy), { compression: 'snappy' }))
    expect(result).toMatchObject({ digest: { stored: 5n, zxid: 9n }, lastZxid: 9n, fuzzy: { toZxid: 9n } })
  })

  test('of a fuzzy snapshot goes when something is left out, and with it the last zxid', async () => {
    const change = await plan(write(fuzzy), { prune: ['/a'], zookeeper: '3.9' })
    expect(change.plan.steps[0]!.detail).toContain('without a digest')
    expect(change.plan.steps[0]!.detail).toContain('it needs the logs behind it')
    await change.apply()
    const written = change.plan.steps[0]!.target
    expect(await verifyOne(written)).toMatchObject({ digest: null, lastZxid: null, format: '3.4' })
    expect(await loadWithServer('3.9.5', [written])).toMatchObject([{ outcome: 'loads', nodes: 4 }])
  })
})

describe('refusals and errors', () => {
  test('containers and TTL znodes for 3.4', async () => {
    const change = await plan(STANDALONE, { zookeeper: '3.4', compression: 'none' })
    expect(change.refused).toMatchObject({
      code: 'refused.not-in-line',
      counterexample: { containers: expect.any(Number), ttls: expect.any(Number) },
    })
    expect(change.plan.steps).toEqual([])
  })

  test('paths that are not there', async () => {
    for (const selection of [{ keep: ['/nothing'] }, { prune: ['/app', '/nothing'] }]) {
      const { refused } = await plan(STANDALONE, selection)
      expect(refused).toMatchObject({ code: 'refused.no-such-znode', counterexample: { path: '/nothing' } })
    }
  })

  test.each([
    [{ prune: ['/'] }, 'usage'],
    [{ prune: ['/zookeeper/config'] }, 'usage'],
    [{ keep: ['app'] }, 'usage'],
    [{ keep: ['/app/'] }, 'usage'],
    [{ zookeeper: '3.5', compression: 'gzip' }, 'usage'],
    [{ zookeeper: '4.0' }, 'usage'],
  ] as const)('%j', async (selection, code) => {
    await expect(plan(STANDALONE, selection as Partial<ConvertOptions>)).rejects.toMatchObject({ code })
  })

  test('a place that is taken', async () => {
    expect((await plan(STANDALONE, { output: FIXTURES })).refused).toMatchObject({ code: 'refused.target-exists' })
  })

  test('a name without a zxid: what is in it counts; without that it is an error', async () => {
    const renamed = write(readFileSync(STANDALONE), 'copy.bin')
    expect(basename(await convert(renamed))).toBe('snapshot.49')
    const none = write(snapshot(BASE, { blocks: { digest: null, lastZxid: null } }), 'copy.bin')
    await expect(plan(none)).rejects.toMatchObject({ code: 'input.no-zxid', file: none })
  })

  test('damage is an error with its place, and nothing is written', async () => {
    const random = seeded(11)
    for (const { file } of fixtureSnapshots().filter((_, i) => i % 11 === 0)) {
      const bytes = readFileSync(file)
      for (let i = 0; i < 10; i++) {
        const damaged = Buffer.from(bytes)
        const at = Math.floor(random() * bytes.length)
        damaged[at]! ^= 1 << Math.floor(random() * 8)
        const given = write(i % 3 === 0 ? damaged.subarray(0, at) : damaged, basename(file))
        const output = join(folder, `damaged-${made++}`)
        const outcome = await plan(given, { output, prune: [] }).then(
          () => null,
          (error: ZkopsError) => error,
        )
        // flips in a gzip header change nothing
        if (outcome === null) expect((await verifyOne(given)).verdict).toBe('valid')
        else expect(outcome).toMatchObject({ code: 'input.damaged', file: given })
        expect(existsSync(output)).toBe(false)
      }
    }
    expect(readdirSync(folder).filter((name) => name.includes('partial'))).toEqual([])
  })

  test('a snapshot that changes behind the plan is not written', async () => {
    const file = write(snapshot([...BASE, node('/a'), node('/b')]))
    const change = await plan(file)
    writeFileSync(file, snapshot([...BASE, node('/a')]))
    await expect(change.apply()).rejects.toMatchObject({ code: 'stopped.verify' })
    expect(existsSync(change.plan.steps[0]!.target)).toBe(false)
  })
})
