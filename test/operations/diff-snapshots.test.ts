/*
 * `snapshot diff` against the JSON of `snapshot dump` of both sides, compared the plain way, and against the counts of
 * SnapshotComparer.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OPEN_ACL } from '../../src/formats/snapshot/acls.ts'
import { NodeIndex } from '../../src/formats/snapshot/node-index.ts'
import { diffSnapshots } from '../../src/operations/diff-snapshots/diff.ts'
import { dumpSnapshot } from '../../src/operations/dump-snapshot.ts'
import type { TreePlace } from '../../src/operations/tree-place.ts'
import { changeLine } from '../../src/render/snapshot-diff.ts'
import { nodeJson } from '../../src/render/snapshot-json.ts'
import { createStyle } from '../../src/render/style.ts'
import { locate } from '../../src/sandbox/locate.ts'
import { findJava } from '../../src/sandbox/programs.ts'
import type { ZkopsError } from '../../src/support/errors.ts'
import { noProgress } from '../../src/support/progress.ts'
import { run } from '../helpers/cli.ts'
import { FIXTURES, fixtureSnapshots, seeded } from '../helpers/fixtures.ts'
import { RELEASES } from '../helpers/oracle.ts'
import { verifyOne } from '../helpers/snapshot.ts'
import { BASE, FORMS, node, snapshot } from '../helpers/snapshot-builder.ts'

type Line = Record<string, unknown>

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-diff-test-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

let made = 0
function write(bytes: Uint8Array, name = 'snapshot.1'): string {
  const file = join(mkdtempSync(join(folder, `${made++}-`)), name)
  writeFileSync(file, bytes)
  return file
}

const COMMON = { juteMaxbuffer: 1_048_575, signal: new AbortController().signal, progress: noProgress }

async function diff(before: string | TreePlace, after: string | TreePlace, stat = false) {
  const lines: Line[] = []
  const style = createStyle({ color: false, unicode: false })
  const line = changeLine({ format: 'jsonl', style, data: true, dataWidth: 40 })
  const result = await diffSnapshots({
    ...COMMON,
    before: typeof before === 'string' ? { place: before } : before,
    after: typeof after === 'string' ? { place: after } : after,
    stat,
    onChange: (change) => lines.push(JSON.parse(line(change)) as Line),
  })
  return { result, lines }
}

async function nodes(place: string): Promise<Map<string, Line>> {
  const all = new Map<string, Line>()
  for await (const part of dumpSnapshot({ ...COMMON, place })) {
    if (part.kind !== 'nodes') continue
    for (let row = 0; row < part.count; row++) {
      const { kind: _, path, ...fields } = JSON.parse(JSON.stringify(nodeJson(part, row, { data: true }))) as Line
      all.set(path as string, fields)
    }
  }
  return all
}

/** The plain way: both in memory. */
async function expected(before: string, after: string, stat: boolean): Promise<readonly Line[]> {
  const a = await nodes(before)
  const b = await nodes(after)
  const lines: Line[] = []
  for (const [path, now] of b) {
    const was = a.get(path)
    if (was === undefined) lines.push({ change: 'added', path, fields: [], before: null, after: now })
    else {
      const fields = differing(path, was, now)
      if (fields.some((field) => stat || field !== 'stat')) {
        lines.push({ change: 'changed', path, fields, before: was, after: now })
      }
    }
  }
  for (const [path, was] of a) {
    if (!b.has(path)) lines.push({ change: 'removed', path, fields: [], before: was, after: null })
  }
  return lines
}

function differing(path: string, a: Line, b: Line): string[] {
  const usage = path.endsWith('/zookeeper_stats')
  const config = path === '/zookeeper/config'
  const pick = (line: Line, ...names: string[]) => JSON.stringify(names.map((name) => (line.stat as Line)[name]))
  const acl = (line: Line) =>
    JSON.stringify(
      [line.acl]
        .flat()
        .map((entry) => JSON.stringify(entry))
        .sort(),
    )
  const other = ['czxid', 'mzxid', 'pzxid', 'ctime', 'mtime', 'cversion']
  const sameData = JSON.stringify(a.data) === JSON.stringify(b.data)
  const sameVersion = pick(a, 'version', 'aversion') === pick(b, 'version', 'aversion')
  const local = (usage && !sameData) || (config && !sameVersion)
  return [
    sameData || usage ? '' : 'data',
    acl(a) === acl(b) ? '' : 'acl',
    pick(a, 'ephemeralOwner') === pick(b, 'ephemeralOwner') ? '' : 'owner',
    sameVersion || config ? '' : 'version',
    pick(a, ...other) === pick(b, ...other) && !local ? '' : 'stat',
  ].filter((field) => field !== '')
}

/** Neighbours of one directory, and the same moment in two releases. */
const all = fixtureSnapshots()
const pairs = all.flatMap((one, i) => {
  const next = all[i + 1]
  const across = all.find(({ name, version }) => version > one.version && basename(name) === basename(one.name))
  return [next !== undefined && dirname(next.file) === dirname(one.file) ? next : undefined, across]
    .filter((other) => other !== undefined)
    .map((other) => [one, other] as const)
})

describe('snapshots of real servers', () => {
  test.each([false, true])('every difference is the one that the dumps show (stat: %s)', async (stat) => {
    expect(pairs.length).toBeGreaterThan(50)
    for (const [a, b] of pairs) {
      const { result, lines } = await diff(a.file, b.file, stat)
      const wanted = await expected(a.file, b.file, stat)
      expect([a.name, b.name, lines]).toEqual([a.name, b.name, wanted])
      const count = (change: string) => wanted.filter((line) => line.change === change).length
      expect(result).toMatchObject({ added: count('added'), removed: count('removed'), changed: count('changed') })
    }
  })

  test.each(RELEASES)('%s: logs replayed up to a later snapshot give that snapshot', async (version) => {
    const data = join(FIXTURES, version, 'standalone/data/version-2')
    const logDir = join(FIXTURES, version, 'standalone/datalog/version-2')
    const zxidOf = (file: string) => BigInt(`0x${basename(file).split('.')[1]}`)
    const files = all.map(({ file }) => file).filter((file) => dirname(file) === data)
    const first = files.reduce((least, file) => (zxidOf(file) < zxidOf(least) ? file : least))
    let compared = 0
    for (const file of files) {
      const zxid = zxidOf(file)
      // a fuzzy one holds effects of transactions behind its zxid
      if (file === first || (await verifyOne(file)).fuzzy !== null) continue
      const before = { place: first, at: { zxid }, logDir }
      const { result, lines } = await diff(before, file, true)
      // what servers keep for themselves: their configuration, usage beside quotas
      const paths = lines.map(({ path }) => path as string)
      expect(paths.filter((path) => !/^\/zookeeper\/(config$|quota\/.*stats$)/.test(path))).toEqual([])
      expect(result.sides.map((side) => side.zxid)).toEqual([zxid, zxid])
      compared++
    }
    // the only later one there is fuzzy
    if (version !== '3.4.14') expect(compared).toBeGreaterThan(0)
    const [moved, latest] = [{ place: first }, { place: data, logDir }]
    const { result } = await diff(moved, latest)
    expect(result.added).toBeGreaterThan(0)
    expect((await diff(latest, moved)).result).toMatchObject({ added: result.removed, removed: result.added })
  })

  test('none differs from itself', async () => {
    for (const { file } of all) {
      const { result, lines } = await diff(file, file, true)
      expect([result.added, result.removed, result.changed, lines]).toEqual([0, 0, 0, []])
    }
  })

  test('SnapshotComparer of 3.9.5 counts the same', async () => {
    const { classPath } = await locate({ version: '3.9.5', progress: noProgress })
    const sample = pairs.filter(([a]) => /3\.9\.5.(standalone|gzip|digest-off)/.test(a.name)).slice(0, 6)
    expect(sample.length).toBe(6)
    for (const [a, b] of sample) {
      const { stdout, stderr } = await run(findJava(), [
        ...['-cp', classPath.join(':'), 'org.apache.zookeeper.server.SnapshotComparer'],
        // everything is printed; nodes without a value are not with 0
        ...['-l', a.file, '-r', b.file, '-b', '-1', '-n', '-1'],
      ])
      const only = (side: string) => stdout.match(new RegExp(`^Node .* found only in ${side} tree`, 'gm'))?.length ?? 0
      const { result } = await diff(a.file, b.file)
      expect([only('left'), only('right'), stderr]).toEqual([result.removed, result.added, stderr])
    }
  })
})

describe('made snapshots', () => {
  const acls = [
    [1n, OPEN_ACL],
    [7n, [{ perms: 1, scheme: Buffer.from('world'), id: Buffer.from('anyone') }]],
  ] as const
  const before = snapshot([...BASE, node('/a'), node('/b', { data: 'one' }), node('/c'), node('/e', { data: null })], {
    acls,
  })

  test('each field for itself, at equal length too', async () => {
    const a = write(before)
    const cases = [
      [node('/b', { data: 'two' }), ['data']],
      [node('/b', { data: 'longer than before' }), ['data']],
      [node('/b', { data: '' }), ['data']],
      [node('/b', { data: null }), ['data']],
      [node('/b', { data: 'one', aclRef: 7n }), ['acl']],
      [node('/b', { data: 'one', aclRef: 99n }), ['acl']],
      [node('/b', { data: 'one', ephemeralOwner: 5n }), ['owner']],
      [node('/b', { data: 'one', version: 1 }), ['version']],
      [node('/b', { data: 'one', aversion: 1 }), ['version']],
      [node('/b', { data: 'x', version: 2, aclRef: 7n, pzxid: 9n }), ['data', 'acl', 'version', 'stat']],
    ] as const
    for (const [changed, fields] of cases) {
      const b = write(snapshot([...BASE, node('/a'), changed, node('/c'), node('/e', { data: null })], { acls }))
      const { result, lines } = await diff(a, b)
      expect(lines).toMatchObject([{ change: 'changed', path: '/b', fields }])
      expect(result).toMatchObject({ added: 0, removed: 0, changed: 1 })
    }
  })

  test('empty and null values differ', async () => {
    const { lines } = await diff(
      write(snapshot([...BASE, node('/e', { data: null })])),
      write(snapshot([...BASE, node('/e', { data: '' })])),
    )
    expect(lines).toMatchObject([{ path: '/e', fields: ['data'] }])
  })

  test('zxids, times and cversion are differences with --stat only', async () => {
    const a = write(before)
    const moved = node('/b', { data: 'one', czxid: 9n, mzxid: 9n, pzxid: 9n, mtimeMs: 5n, cversion: 3 })
    const b = write(snapshot([...BASE, node('/a'), moved, node('/c'), node('/e', { data: null })], { acls }))
    expect((await diff(a, b)).lines).toEqual([])
    expect((await diff(a, b, true)).lines).toMatchObject([{ change: 'changed', path: '/b', fields: ['stat'] }])
  })

  test('access lists are what is in them, whatever their numbers and the order of their entries', async () => {
    const entries = ['x', 'y'].map((id) => ({ perms: 3, scheme: Buffer.from('digest'), id: Buffer.from(id) }))
    const a = snapshot([...BASE, node('/a', { aclRef: 1n }), node('/b', { aclRef: 2n })], {
      acls: [
        [1n, OPEN_ACL],
        [2n, entries],
      ],
    })
    const b = snapshot([...BASE, node('/a', { aclRef: 2n }), node('/b', { aclRef: 1n })], {
      acls: [
        [2n, OPEN_ACL],
        [1n, [...entries].reverse()],
      ],
    })
    expect((await diff(write(a), write(b))).lines).toEqual([])
    // the same bytes, another list
    const c = snapshot([...BASE, node('/a', { aclRef: 1n }), node('/b', { aclRef: 2n })], {
      acls: [
        [2n, OPEN_ACL],
        [1n, entries],
      ],
    })
    const { lines } = await diff(write(a), write(c))
    expect(lines.map(({ path, fields }) => [path, fields])).toEqual([
      ['/a', ['acl']],
      ['/b', ['acl']],
    ])
  })

  test.each(FORMS)('compressed as %s, on either side', async (ending, pack) => {
    const other = snapshot([...BASE, node('/a'), node('/b', { data: 'two' }), node('/d')], { acls })
    for (const [a, b] of [
      [write(pack(before), `snapshot.1${ending}`), write(other)],
      [write(before), write(pack(other), `snapshot.2${ending}`)],
    ] as const) {
      const { lines } = await diff(a, b)
      expect(lines.map(({ change, path }) => `${change} ${path}`)).toEqual([
        'changed /b',
        'added /d',
        'removed /c',
        'removed /e',
      ])
      expect(lines[2]).toMatchObject({ before: { data: { encoding: 'utf8', value: 'x' } }, after: null })
    }
  })

  test('large trees in any order, values over the size of a block', async () => {
    const random = seeded(7)
    const many = Array.from({ length: 30_000 }, (_, i) =>
      node(`/n${i}`, { data: 'v'.repeat(Math.floor(random() * (i % 997 === 0 ? 200_000 : 200))) }),
    )
    const a = write(snapshot([...BASE, ...many]))
    const shuffled = many
      .map((one, i) => ({ one: i % 100 === 0 ? { ...one, data: Buffer.from(`new ${i}`) } : one, key: random() }))
      .sort((x, y) => x.key - y.key)
      .map(({ one }) => one)
    const b = write(snapshot([...BASE, ...shuffled]))
    const { result } = await diff(a, b)
    expect(result).toMatchObject({ added: 0, removed: 0, changed: 300, fields: { data: 300 } })
    expect((await diff(b, a)).result).toMatchObject({ added: 0, removed: 0, changed: 300 })
  })

  test('long paths and values are printed in full', async () => {
    const long = [node(`/${'p'.repeat(3000)}`, { data: 'v'.repeat(500_000) }), node('/q', { data: 'w'.repeat(70_000) })]
    const { lines } = await diff(write(snapshot([...BASE, ...long])), write(snapshot([...BASE, node('/q')])))
    expect(lines.map(({ before }) => ((before as Line).data as { value: string }).value.length)).toEqual([
      70_000, 500_000,
    ])
  })

  test('a node that comes twice is an error', async () => {
    const twice = write(snapshot([...BASE, node('/a'), node('/b'), node('/b')]))
    const once = write(snapshot([...BASE, node('/a'), node('/b')]))
    const none = write(snapshot([...BASE, node('/a')]))
    for (const [a, b] of [
      [twice, once],
      [once, twice],
      [twice, none],
      [twice, twice],
    ] as const) {
      await expect(diff(a, b)).rejects.toMatchObject({ code: 'input.damaged', message: expect.stringContaining('/b') })
    }
  })

  test('two paths with one hash are told apart', () => {
    const batch = (offsets: readonly number[]) => ({
      ...{ kind: 'nodes', base: 0, count: offsets.length, bytes: new Uint8Array(), acls: undefined, lines: undefined },
      table: Uint32Array.from(offsets.flatMap((at) => [at, 0, 0, 0, 11, 22])),
    })
    const index = new NodeIndex()
    index.add(batch([100, 200, 300]) as unknown as Parameters<NodeIndex['add']>[0])
    index.finish()
    expect(index.find(11, 22, (offset) => offset === 200)).toBe(1)
    expect(index.find(11, 22, () => false)).toBe(-1)
    expect(index.find(11, 23, () => true)).toBe(-1)
    expect([index.see(1), index.see(1), [...index.unseen()]]).toEqual([true, false, [0, 2]])
    expect(index.offset(1)).toBe(200)
  })
})

test('damage on either side is an error with the place, never a wrong answer', async () => {
  const random = seeded(3)
  for (const { file } of all.filter((_, i) => i % 7 === 0)) {
    const bytes = readFileSync(file)
    for (let i = 0; i < 12; i++) {
      const damaged = Buffer.from(bytes)
      const at = Math.floor(random() * bytes.length)
      damaged[at]! ^= 1 << Math.floor(random() * 8)
      const cut = i % 3 === 0 ? damaged.subarray(0, at) : damaged
      const other = write(cut, basename(file))
      for (const [a, b] of [
        [other, file],
        [file, other],
      ] as const) {
        const outcome = await diff(a, b).then(
          ({ lines }) => lines,
          (error: ZkopsError) => error,
        )
        if (outcome instanceof Error) {
          expect(outcome).toMatchObject({ code: 'input.damaged', file: other, offset: expect.any(Number) })
        } else {
          // flips in a gzip header change nothing
          expect([file, at, outcome]).toEqual([file, at, []])
        }
      }
    }
  }
})
