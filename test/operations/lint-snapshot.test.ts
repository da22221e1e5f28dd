/*
 * `snapshot lint` on trees with known faults, and its counts against what real servers counted.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readQuota } from '../../src/formats/payload/quota.ts'
import { OPEN_ACL } from '../../src/formats/snapshot/acls.ts'
import { explain } from '../../src/operations/explain.ts'
import { lintSnapshot } from '../../src/operations/lint-snapshot/lint.ts'
import { Quotas } from '../../src/operations/lint-snapshot/quotas.ts'
import { readSnapshot } from '../../src/operations/read-snapshot.ts'
import { jsonText } from '../../src/render/json.ts'
import { schema } from '../../src/schemas/snapshot-lint.ts'
import type { ZkopsError } from '../../src/support/errors.ts'
import { noProgress } from '../../src/support/progress.ts'
import { zkops } from '../helpers/cli.ts'
import { FIXTURES, fixtureSnapshots, seeded } from '../helpers/fixtures.ts'
import { runJava } from '../helpers/oracle.ts'
import { BASE, node, snapshot } from '../helpers/snapshot-builder.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-lint-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

let made = 0
function write(bytes: Uint8Array, name = 'snapshot.1'): string {
  const file = join(mkdtempSync(join(folder, `${made++}-`)), name)
  writeFileSync(file, bytes)
  return file
}

const COMMON = { signal: new AbortController().signal, progress: noProgress }
const valid = new Ajv2020({ strict: false }).compile(schema)

async function lint(place: string, juteMaxbuffer = 1_048_575) {
  const result = await lintSnapshot({ ...COMMON, place, juteMaxbuffer })
  const json = JSON.parse(jsonText(result)) as unknown
  expect(valid(json), JSON.stringify(valid.errors)).toBe(true)
  for (const { code } of result.findings) expect((await explain(code)).code).toBe(code)
  return result
}

const CLOSED = [
  [1n, [{ perms: 31, scheme: Buffer.from('auth'), id: Buffer.from('x') }]],
  [2n, OPEN_ACL],
] as const
/** Of a tree in which only what is given can be wrong. */
async function findings(
  nodes: Parameters<typeof snapshot>[0],
  juteMaxbuffer?: number,
  acls: readonly object[] = CLOSED,
) {
  const root = { ...BASE[0]!, aclRef: 1n }
  const bytes = snapshot([root, ...BASE.slice(1), ...nodes], {
    acls: acls as typeof CLOSED,
    sessions: [{ id: 5n, timeoutMs: 1 }],
  })
  const result = await lint(write(bytes), juteMaxbuffer)
  return result.findings.map(({ code, severity, path, evidence }) => ({ code, severity, path, ...evidence }))
}

describe('the limit', () => {
  // the reply that carries a value is 88 bytes longer
  test.each([
    [1000 * 0.8 - 89, null],
    [1000 * 0.8 - 88, 'warning'],
    [1000 - 88, 'warning'],
    [1000 - 87, 'error'],
  ] as const)('a value of %d bytes with 1000', async (dataBytes, severity) => {
    const found = await findings([node('/a', { data: 'v'.repeat(dataBytes) })], 1000)
    const bytes = dataBytes + 88
    const expected = { code: 'tree.node-near-limit', severity, path: '/a', dataBytes, bytes, limit: 1000 }
    expect(found).toEqual(severity === null ? [] : [expected])
  })

  test('a list of children, whose reply is what a client gets', async () => {
    const children = Array.from({ length: 70 }, (_, i) => node(`/a/deep/${'n'.repeat(6)}${String(i).padStart(4, '0')}`))
    const tree = [node('/a'), node('/a/deep'), ...children, node('/b')]
    const bytes = 88 + 70 * (4 + 10)
    const expected = { code: 'tree.children-near-limit', path: '/a/deep', children: 70, bytes }
    expect(await findings(tree, bytes)).toEqual([{ ...expected, severity: 'warning', limit: bytes }])
    expect(await findings(tree, bytes - 1)).toEqual([{ ...expected, severity: 'error', limit: bytes - 1 }])
    expect(await findings(tree, bytes * 2)).toEqual([])
    // as the last node of the file, and of the root
    expect(await findings(tree.slice(0, -1), bytes)).toEqual([{ ...expected, severity: 'warning', limit: bytes }])
    const wide = Array.from({ length: 50 }, (_, i) => node(`/child-${100 + i}`))
    expect(await findings(wide, 700)).toMatchObject([{ code: 'tree.children-near-limit', path: '/', children: 51 }])
  })
})

test.each([
  [1_717_986_917, null],
  [1_717_986_918, 'warning'],
  [2_040_109_466, 'error'],
  [2_147_483_647, 'error'],
  [-2_147_483_648, 'error'],
] as const)('a counter of children at %d', async (counter, severity) => {
  const found = await findings([node('/a', { cversion: counter })])
  const expected = { code: 'tree.sequence-near-overflow', severity, path: '/a', counter, last: 2_147_483_647 }
  expect(found).toEqual(severity === null ? [] : [expected])
})

describe('open subtrees', () => {
  test('each once, at its top', async () => {
    const open = { aclRef: 2n }
    const found = await findings([
      ...[node('/a', open), node('/a/b', open), node('/a/closed'), node('/a/closed/open', open)],
      ...[node('/c'), node('/c/open', open), node('/c/open/x'), node('/c/other', open)],
      node('/d'),
    ])
    expect(found.map((one) => [one.code, one.severity, one.path, (one as { nodes?: number }).nodes])).toEqual([
      ['tree.world-writable', 'warning', '/a', 3],
      ['tree.world-writable', 'warning', '/c/open', 1],
      ['tree.world-writable', 'warning', '/c/other', 1],
    ])
  })

  test('reading is not writing; the configuration is worse than others; the root is as by default', async () => {
    const readable = { perms: 1, scheme: Buffer.from('world'), id: Buffer.from('anyone') }
    const acls = [...CLOSED, [3n, [readable]], [4n, [{ ...readable, perms: 4 }]]]
    expect(await findings([node('/a', { aclRef: 3n })], undefined, acls)).toEqual([])
    expect(await findings([node('/a', { aclRef: 4n })], undefined, acls)).toMatchObject([{ path: '/a', perms: 'c' }])
    const config = node('/zookeeper/config', { aclRef: 2n })
    expect(await findings([node('/x')])).toEqual([])
    const result = await lint(write(snapshot([...BASE, config, node('/x')], { acls: CLOSED as never })))
    expect(result.findings.map(({ path, severity }) => [path, severity])).toEqual([
      ['/zookeeper/config', 'error'],
      ['/', 'info'],
    ])
  })
})

describe('quotas', () => {
  const quota = (path: string, limits: string) => [
    node(`/zookeeper/quota${path}`),
    node(`/zookeeper/quota${path}/zookeeper_limits`, { data: limits }),
    node(`/zookeeper/quota${path}/zookeeper_stats`, { data: 'count=0,bytes=0' }),
  ]
  const tree = [node('/a', { data: 'abc' }), node('/a/b', { data: 'de' }), node('/a/c', { data: null }), node('/ab')]

  test.each([
    ['count=3,bytes=5', []],
    ['count=2,bytes=-1', [['warning', 'count', 3]]],
    ['count=-1,bytes=4', [['warning', 'bytes', 5]]],
    [
      'count=2,bytes=4=;byteHardLimit=4;countHardLimit=1',
      [
        ['error', 'countHardLimit', 3],
        ['error', 'byteHardLimit', 5],
        ['warning', 'count', 3],
        ['warning', 'bytes', 5],
      ],
    ],
  ] as const)('%s', async (limits, expected) => {
    // before and behind what it is about
    for (const nodes of [
      [...quota('/a', limits), ...tree],
      [...tree, node('/zookeeper/x'), ...quota('/a', limits)],
    ]) {
      const found = await findings(nodes)
      expect(found.filter(({ code }) => code !== 'tree.unordered')).toMatchObject(
        expected.map(([severity, limit, used]) => ({ code: 'tree.quota-exceeded', severity, path: '/a', limit, used })),
      )
    }
  })

  test('for a znode that is not there', async () => {
    expect(await findings([...quota('/gone', 'count=1,bytes=1'), ...tree])).toEqual([
      { code: 'tree.quota-without-node', severity: 'info', path: '/gone' },
    ])
  })

  const standalone = fixtureSnapshots().filter(({ name }) => /standalone|examples/.test(name))
  const last = [...new Map(standalone.map((one) => [one.name.split('/', 1)[0]!, one]))]

  test.each(last)('%s: usage is what the server counts when it loads the same snapshot', async (_, one) => {
    const { file, version } = one
    const quotas = new Quotas()
    const options = { ...COMMON, juteMaxbuffer: 1_048_575 }
    const snapshotFile = { file, nameZxid: null, namedForm: null, stray: false } as const
    for await (const part of readSnapshot(snapshotFile, options)) if (part.kind === 'nodes') quotas.find(part)
    for await (const part of readSnapshot(snapshotFile, options)) if (part.kind === 'nodes') quotas.use(part)
    // setupQuota writes them when the tree is loaded
    const lines = (await runJava(version, 'SnapshotOracle', ['nodes', file])).trim().split('\n')
    const counted = lines
      .map((line) => JSON.parse(line) as { path: string; data: { value: string } })
      .filter(({ path }) => path.endsWith('/zookeeper_stats'))
    expect(counted.length).toBeGreaterThan(0)
    for (const { path, data } of counted) {
      const { usage } = readQuota(path, Buffer.from(data.value)) as { usage: Record<string, number> }
      const of = path.slice('/zookeeper/quota'.length, -'/zookeeper_stats'.length)
      expect([of, quotas.usage(of)]).toEqual([of, { count: usage.count, bytes: usage.bytes }])
    }
  })
})

test('references: sessions and access lists that are not there', async () => {
  const found = await findings([
    node('/e', { ephemeralOwner: 6n }),
    node('/f', { ephemeralOwner: 5n }),
    node('/g', { aclRef: 77n }),
  ])
  expect(found.map(({ code, path }) => [code, path])).toEqual([
    ['snapshot.acl-undefined', '/g'],
    ['snapshot.ephemeral-without-session', '/e'],
  ])
})

test('a hundred of each are listed, the others counted', async () => {
  const result = await lint(
    write(
      snapshot([...BASE, ...Array.from({ length: 250 }, (_, i) => node(`/n${i}`, { cversion: -5 }))], {
        acls: CLOSED as never,
      }),
    ),
  )
  const listed = result.findings.filter(({ code }) => code === 'tree.sequence-near-overflow')
  expect([listed.length, result.omitted]).toEqual([100, [{ code: 'tree.sequence-near-overflow', count: 150 }]])
})

test('nodes out of order: what was not judged is said', async () => {
  const found = await findings([node('/a'), node('/b'), node('/a/late', { aclRef: 2n })])
  expect(found).toEqual([{ code: 'tree.unordered', severity: 'warning', path: '/a/late' }])
})

test('exit 1 for warnings, 0 without, 3 for damage', async () => {
  const closed = write(snapshot([{ ...BASE[0]!, aclRef: 1n }, ...BASE.slice(1), node('/a')], { acls: CLOSED as never }))
  const clean = await zkops(['snapshot', 'lint', closed])
  expect([clean.exitCode, clean.stdout]).toEqual([0, expect.stringMatching(/^0 errors, 0 warnings: .*, 4 nodes\n$/)])
  const warned = await zkops(['snapshot', 'lint', '--json', join(FIXTURES, 'examples/snapshot.184')])
  expect([warned.exitCode, valid(JSON.parse(warned.stdout))]).toEqual([1, true])
  const cut = write(readFileSync(closed).subarray(0, 200))
  const damaged = await zkops(['snapshot', 'lint', cut])
  expect([damaged.exitCode, damaged.stdout]).toEqual([3, ''])
  expect(damaged.stderr).toContain('is damaged')
})

test('damage is an error with its place', async () => {
  const random = seeded(5)
  for (const { file } of fixtureSnapshots().filter((_, i) => i % 9 === 0)) {
    const bytes = readFileSync(file)
    for (let i = 0; i < 10; i++) {
      const at = Math.floor(random() * bytes.length)
      const damaged = Buffer.from(bytes)
      damaged[at]! ^= 1 << Math.floor(random() * 8)
      const place = write(i % 3 === 0 ? damaged.subarray(0, at) : damaged, basename(file))
      const outcome = await lintSnapshot({ ...COMMON, place, juteMaxbuffer: 1_048_575 }).catch(
        (error: ZkopsError) => error,
      )
      // flips in a gzip header change nothing
      if (outcome instanceof Error) expect(outcome).toMatchObject({ code: 'input.damaged', file: place })
      else expect([file, at, outcome.nodes]).toEqual([file, at, (await lint(file)).nodes])
    }
  }
})
