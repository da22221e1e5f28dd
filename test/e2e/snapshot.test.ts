import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { schema as dumpSchema } from '../../src/schemas/snapshot-dump.ts'
import { schema as verifySchema } from '../../src/schemas/snapshot-verify.ts'
import { zkops } from '../helpers/cli.ts'
import { parseCsv } from '../helpers/csv.ts'
import { FIXTURES, FULL, fixtureSnapshots } from '../helpers/fixtures.ts'
import { runJava } from '../helpers/oracle.ts'
import { BASE, node, snapshot } from '../helpers/snapshot-builder.ts'

const EXAMPLE = join(FIXTURES, 'examples/snapshot.184')
const ajv = new Ajv2020({ strict: false })
const isLine = ajv.compile(dumpSchema)
const isVerdict = ajv.compile(verifySchema)

type Line = Record<string, unknown>

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-snapshot-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function lines(args: readonly string[], nodeArgs: readonly string[] = []): Promise<readonly Line[]> {
  const { exitCode, stdout, stderr } = await zkops(['snapshot', 'dump', '--format', 'jsonl', ...args], { nodeArgs })
  expect([exitCode, stderr.replace(/^Warning.*expose_wasm.*\n/, '')]).toEqual([0, ''])
  const all = stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line)
  for (const line of all) expect(isLine(line), JSON.stringify(isLine.errors)).toBe(true)
  return all
}

function write(name: string, bytes: Uint8Array): string {
  const place = join(mkdtempSync(join(folder, 'case-')), 'version-2')
  mkdirSync(place)
  writeFileSync(join(place, name), bytes)
  return join(place, name)
}

describe('snapshot dump', () => {
  test('the example gives what the server reads, in any order', async () => {
    const golden = readFileSync(join(FIXTURES, 'examples/golden/snapshot.184.jsonl'), 'utf8')
    const expected = golden.trim().split('\n')
    const found = (await lines([EXAMPLE])).map((line) => JSON.stringify(line)).sort()
    expect(found).toEqual(expected.map((line) => JSON.stringify(JSON.parse(line))).sort())
  })

  const sample = fixtureSnapshots().filter((_, i) => FULL || i % 9 === 0)
  test.each(sample.map((one) => [one.name, one] as const))('%s: nodes are those of its server', async (_, one) => {
    const servers = (await runJava(one.version, 'SnapshotOracle', ['nodes', one.file]))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line)
    const ours = (await lines([one.file])).filter(({ kind }) => kind === 'node')
    // the counters of quotas are computed anew when a server loads
    const counted = ({ path }: Line) => String(path).endsWith('/zookeeper_stats')
    const time = (value: unknown) => (value === null ? 0 : Date.parse(String(value)))
    const stripped = ours.map(({ type: _type, ttlMs: _ttl, ...line }) => {
      const stat = line.stat as Line
      return { ...line, stat: { ...stat, ctime: time(stat.ctime), mtime: time(stat.mtime) } } as Line
    })
    const byPath = (a: Line, b: Line) => (String(a.path) < String(b.path) ? -1 : 1)
    const plain = (all: readonly Line[]) => all.filter((line) => !counted(line)).sort(byPath)
    expect(plain(stripped)).toEqual(plain(servers))
    expect(ours.length).toBe(servers.length)
  })

  test.each(['text', 'jsonl', 'csv'])('%s is the same without WebAssembly', async (format) => {
    const odd = write(
      'snapshot.1',
      snapshot([
        ...BASE,
        node('/ctrl\u001b[31m', { data: 'a\nb\u001b' }),
        node('/größe', { data: 'größe' }),
        node('/binary', { data: Buffer.from([0xff, 1, 2, 3]) }),
        node('/long', { data: 'x'.repeat(1000) }),
        node('/long-binary', { data: Buffer.alloc(1000, 0xfe) }),
        node('/late', { data: 'x', mtimeMs: 300_000_000_000_000n, ctimeMs: -5n }),
        node('/leap', { data: null, mtimeMs: 951_825_599_999n, ctimeMs: 4_107_542_400_000n }),
        node('/e', { data: '', ephemeralOwner: 0x100004bec300001n }),
        node('/t', { ephemeralOwner: BigInt.asIntN(64, 0xff000000000003e8n) }),
        node('/c', { ephemeralOwner: -(1n << 63n) }),
        node('/undefined', { aclRef: 17n }),
        node(Buffer.from('/malformed\xff', 'latin1'), { version: -1, aversion: -1 }),
        node('/big', { data: Buffer.alloc(900_000, 'ab') }),
      ]),
    )
    for (const file of [odd, EXAMPLE]) {
      for (const width of ['40', '1', '0', '5000']) {
        const args = ['snapshot', 'dump', '--format', format, '--data-width', width, file]
        const fast = await zkops(args)
        const plain = await zkops(args, { nodeArgs: ['--jitless'] })
        expect(fast.exitCode).toBe(0)
        expect(fast.stdout === plain.stdout, `${file} ${width}`).toBe(true)
        // no control characters of the data reach a terminal
        if (format !== 'csv') expect(fast.stdout.includes('\u001b')).toBe(false)
        if (format !== 'text') break
      }
    }
  })

  test('selections', async () => {
    const paths = async (...args: string[]) => (await lines([...args, EXAMPLE])).map((line) => line.path ?? line.kind)
    expect(await paths('--path', '/app/sec/*', '--no-data')).toEqual([
      '/app/sec/alice',
      '/app/sec/mixed',
      '/app/sec/noperms',
      '/app/sec/ip',
    ])
    expect(await paths('--kind', 'header,digest', '--kind', 'lastZxid')).toEqual(['header', 'digest', 'lastZxid'])
    const all = await lines([EXAMPLE])
    const ephemerals = all.filter(({ type }) => type === 'ephemeral')
    expect(ephemerals.length).toBeGreaterThan(0)
    expect(await paths('--kind', 'ephemeral')).toEqual(ephemerals.map(({ path }) => path))
    const owner = String((ephemerals[0]!.stat as Line).ephemeralOwner)
    const owned = ephemerals.filter(({ stat }) => (stat as Line).ephemeralOwner === owner)
    expect(await paths('--owner', owner)).toEqual(owned.map(({ path }) => path))
    expect(await paths('--acl', 'digest:bob:*')).toEqual(['/app/sec/mixed'])
    expect(await paths('--acl', 'undefined')).toEqual([])
    expect((await paths('--kind', 'node', '--limit', '3')).length).toBe(3)
    expect((await lines(['--path', '/app', '--no-data', EXAMPLE]))[0]).toMatchObject({ dataBytes: 13 })
    const decoded = (await lines(['--path', '/app', '--decode', EXAMPLE]))[0]!
    expect(decoded.decoded).toEqual({ kind: 'text', value: 'after create2' })
  })

  test('CSV says the same as JSON', async () => {
    const { stdout } = await zkops(['snapshot', 'dump', '--format', 'csv', EXAMPLE])
    const [columns, ...rows] = parseCsv(stdout)
    const all = await lines([EXAMPLE])
    expect(rows.length).toBe(all.length)
    for (const [i, line] of all.entries()) {
      const { stat, data, acl, ...rest } = line as {
        stat?: Line
        data?: { encoding: string; value: string }
        acl?: Line[]
      }
      const value = data?.encoding === 'base64' ? `base64:${data.value}` : data?.value
      const expected: Line = { ...rest, ...stat, data: value, acl: acl && JSON.stringify(acl) }
      const row = Object.fromEntries(columns!.map((column, at) => [column, rows[i]![at]]))
      const texts = columns!.map((column) => [column, expected[column] == null ? '' : String(expected[column])])
      expect(row).toEqual(Object.fromEntries(texts))
    }
  })

  test('an undefined access list is null, with its number', async () => {
    const file = write('snapshot.1', snapshot([...BASE, node('/a', { aclRef: 17n })]))
    expect((await lines(['--path', '/a', file]))[0]).toMatchObject({ acl: null, aclRef: 17 })
  })

  test('a damaged one is printed as far as it can be read, and is exit 3', async () => {
    const whole = readFileSync(EXAMPLE)
    const file = write('snapshot.184', whole.subarray(0, 20_000))
    const { exitCode, stdout, stderr } = await zkops(['snapshot', 'dump', '--format', 'jsonl', file])
    expect(exitCode).toBe(3)
    expect(stderr).toContain('error snapshot.truncated: ')
    expect(stdout.split('\n').length).toBeGreaterThan(100)
    const flipped = Buffer.from(whole)
    flipped[9000]! ^= 1
    const sealed = await zkops(['snapshot', 'dump', write('snapshot.184', flipped)])
    expect([sealed.exitCode, sealed.stderr]).toEqual([3, expect.stringContaining('snapshot.seal')])
  })

  test('of a directory the newest that is whole', async () => {
    const newest = write('snapshot.185', readFileSync(EXAMPLE).subarray(0, 20_000))
    const data = join(newest, '../..')
    writeFileSync(join(data, 'version-2/snapshot.184'), readFileSync(EXAMPLE))
    const { exitCode, stdout, stderr } = await zkops(['snapshot', 'dump', '--kind', 'header', data])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^# .*snapshot\.184 /)
    expect(stderr).toMatch(/warning snapshot\.passed-over: .*snapshot\.185/s)
    rmSync(join(data, 'version-2/snapshot.184'))
    expect((await zkops(['snapshot', 'dump', data])).exitCode).toBe(3)
  })

  test('from standard input', async () => {
    const { exitCode, stdout } = await zkops(['snapshot', 'dump', '-'], { input: readFileSync(EXAMPLE) })
    expect(exitCode).toBe(0)
    expect(stdout.split('\n').length).toBe(355)
  })
})

describe('snapshot verify', () => {
  test('the example', async () => {
    const { exitCode, stdout } = await zkops(['snapshot', 'verify', '--json', EXAMPLE])
    const golden = JSON.parse(readFileSync(join(FIXTURES, 'examples/golden/snapshot.184.verify.json'), 'utf8')) as Line
    expect(JSON.parse(stdout)).toEqual({ ...golden, file: EXAMPLE })
    expect(exitCode).toBe(0)
  })

  test('damaged is exit 1 and a document, unreadable is exit 3', async () => {
    const flipped = readFileSync(EXAMPLE)
    flipped[9000]! ^= 1
    const { exitCode, stdout } = await zkops(['snapshot', 'verify', '--json', write('snapshot.184', flipped)])
    const result = JSON.parse(stdout) as Line
    expect(isVerdict(result), JSON.stringify(isVerdict.errors)).toBe(true)
    expect([exitCode, result.verdict, result.serverAccepts]).toEqual([1, 'damaged', false])
    const empty = await zkops(['snapshot', 'verify', '--json', write('snapshot.1', new Uint8Array())])
    expect(empty.exitCode).toBe(1)
    expect(isVerdict(JSON.parse(empty.stdout)), JSON.stringify(isVerdict.errors)).toBe(true)
    expect((await zkops(['snapshot', 'verify', join(folder, 'none')])).exitCode).toBe(3)
    const noSnapshots = await zkops(['snapshot', 'verify', folder])
    expect([noSnapshots.exitCode, noSnapshots.stderr]).toEqual([3, expect.stringContaining('holds no snapshots')])
  })

  test('text', async () => {
    const { stdout } = await zkops(['snapshot', 'verify', EXAMPLE])
    expect(stdout).toBe(
      `${EXAMPLE}  format 3.9\n  346 nodes, 5 sessions, 6 access lists\n  taken at 0x184\n  digest 0xa9700f1944 of 0x184 fits\n  last zxid 0x184\nvalid: a server loads it\n`,
    )
  })
})
