import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { SnapshotNode } from '../../src/formats/snapshot/node.ts'
import { diskUsage } from '../../src/operations/look-into/disk-usage.ts'
import { type FindCriteria, findZnodes } from '../../src/operations/look-into/find.ts'
import { listChildren, treeBelow } from '../../src/operations/look-into/listing.ts'
import { type LookIntoFiles, lookInto, numberAt, znodeAt } from '../../src/operations/look-into/look.ts'
import { writeNcdu } from '../../src/operations/look-into/ncdu.ts'
import { shellIn } from '../../src/operations/look-into/shell.ts'
import { valueAt } from '../../src/operations/look-into/value.ts'
import { noProgress } from '../../src/support/progress.ts'
import { FIXTURES } from '../helpers/fixtures.ts'
import { RELEASES } from '../helpers/oracle.ts'
import { BASE, node, snapshot } from '../helpers/snapshot-builder.ts'
import { type RestoreCase, restoreWithServer, startsOf } from '../helpers/tree-oracle.ts'

const { signal } = new AbortController()
const lookAt = (place: string, logDir?: string, zxid?: bigint): Promise<LookIntoFiles> =>
  lookInto({
    place,
    logDir,
    at: zxid === undefined ? {} : { zxid },
    juteMaxbuffer: 1_048_575,
    signal,
    progress: noProgress,
  })

function made(nodes: readonly SnapshotNode[], name = 'snapshot.1'): string {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-look-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'version-2'))
  writeFileSync(join(folder, 'version-2', name), snapshot(nodes))
  return join(folder, 'version-2', name)
}

const EXAMPLE = join(FIXTURES, 'examples')
const found = async (look: LookIntoFiles, criteria: Partial<FindCriteria>): Promise<string[]> => {
  const paths: string[] = []
  for await (const { path } of findZnodes(look, { below: '/', ...criteria }, signal)) paths.push(path)
  return paths
}

describe.each(RELEASES)('%s', (version) => {
  test('children, stats, kinds and counts are those that its classes restore', async () => {
    const place = join(FIXTURES, version, 'standalone')
    const snapshots = join(place, 'data/version-2')
    const logs = join(place, 'datalog/version-2')
    const from = startsOf(snapshots).at(-1)!
    const one: RestoreCase = { name: version, snapshots, logs, from }
    const [theirs] = await restoreWithServer(version, [one])
    const look = await lookAt(join(place, 'data'), join(place, 'datalog'))
    const path = (hex: string) => Buffer.from(hex, 'hex').toString('utf8') || '/'
    const rows = theirs!.lines.map((line) => line.split('\t'))
    const nodes = rows.filter(([kind]) => kind === 'node')
    expect(look.tree.counts().nodes).toBe(nodes.length)
    expect(diskUsage(look, { path: '/', depth: 0 }).nodes).toBe(nodes.length)
    const children = new Map<string, string[]>(nodes.map(([, hex]) => [path(hex!), []]))
    for (const [kind, parent, name] of rows) if (kind === 'child') children.get(path(parent!))!.push(path(name!))
    for (const [, hex, ...fields] of nodes) {
      const at = path(hex!)
      const znode = znodeAt(look, numberAt(look, at))
      const names = children.get(at)!.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      const above = at === '/' ? '/' : `${at}/`
      expect(listChildren(look, at).children.map((child) => child.path)).toEqual(names.map((name) => above + name))
      const { czxid, mzxid, ctime, mtime, version: changes, cversion, aversion, ephemeralOwner, pzxid } = znode.stat
      const stored = (cversion + names.length) / 2
      expect([czxid, mzxid, ctime, mtime, changes, stored, aversion, ephemeralOwner, pzxid].map(String)).toEqual(
        fields.slice(0, 9),
      )
      if (!at.endsWith('zookeeper_stats')) expect(String(znode.dataBytes ?? -1)).toBe(fields[10])
    }
    expect(await found(look, {})).toEqual(nodes.map(([, hex]) => path(hex!)).sort())
  })
})

test('values come from the file that they lie in, snapshot or log, packed or not', async () => {
  const text = async (look: LookIntoFiles, path: string) => (await valueAt(look, path, false, signal)).bytes?.toString()
  const past = await lookAt(EXAMPLE, undefined, 0x184n)
  const now = await lookAt(EXAMPLE)
  expect(Buffer.from((await valueAt(now, '/app', false, signal)).bytes!).toString()).toBe('after create2')
  const changed = (await found(now, {})).filter((path) => znodeAt(now, numberAt(now, path)).stat.mzxid > 0x184n)
  expect(changed.length).toBeGreaterThan(3)
  for (const path of changed) {
    const { dataBytes } = znodeAt(now, numberAt(now, path))
    expect((await valueAt(now, path, false, signal)).bytes?.length ?? null).toBe(dataBytes)
  }
  expect(await text(past, '/app/config')).toBe(undefined)
  const packed = await lookAt(join(FIXTURES, '3.9.5/snappy/data'))
  const plain = await found(packed, { minBytes: 1 })
  expect(plain.length).toBeGreaterThan(3)
  for (const path of plain) {
    const { bytes } = await valueAt(packed, path, true, signal)
    expect(bytes!.length).toBe(znodeAt(packed, numberAt(packed, path)).dataBytes)
  }
})

test('what does not exist, and what is no path', async () => {
  const look = await lookAt(EXAMPLE)
  expect(() => numberAt(look, '/app/nothing/here')).toThrow(/does not exist at 0x1ba/)
  for (const path of ['', 'app', '/app/', '//', '/app//x']) expect(() => numberAt(look, path)).toThrow(/no path/)
})

test('find: every criterion', async () => {
  const look = await lookAt(
    made([
      ...BASE,
      node('/a', { data: 'alpha', mtimeMs: 1000n }),
      node('/a/b', { data: 'beta', mtimeMs: 2000n, ephemeralOwner: 7n }),
      node('/a/c', { data: null, ephemeralOwner: -(1n << 63n) }),
      node('/d', { data: 'x'.repeat(100), aclRef: 99n }),
    ]),
  )
  expect(await found(look, { below: '/a' })).toEqual(['/a', '/a/b', '/a/c'])
  expect(await found(look, { path: '/*/b' })).toEqual(['/a/b'])
  expect(await found(look, { kind: ['container', 'ephemeral'] })).toEqual(['/a/b', '/a/c'])
  expect(await found(look, { owner: 7n })).toEqual(['/a/b'])
  expect(await found(look, { minBytes: 5, maxBytes: 99 })).toEqual(['/a'])
  expect(await found(look, { acl: 'undefined' })).toEqual(['/d'])
  expect(await found(look, { olderThan: new Date(1500), newerThan: new Date(1) })).toEqual(['/a'])
  expect(await found(look, { data: '^(al|be)' })).toEqual(['/a', '/a/b'])
  expect(await found(look, { limit: 1 })).toEqual(['/'])
  await expect(found(look, { data: '(' })).rejects.toMatchObject({ code: 'usage' })
})

test('an expression that backtracks for ever ends the search', async () => {
  const look = await lookAt(made([...BASE, node('/a', { data: `${'a'.repeat(50)}b` })]))
  await expect(found(look, { data: '^(a+)+$' })).rejects.toMatchObject({ code: 'usage.slow-expression' })
}, 20_000)

test('names that are no UTF-8, a deep tree and a wide one', async () => {
  const deep = Array.from({ length: 3000 }, (_, i) => node('/d'.repeat(i + 1), { data: 'x' }))
  const wide = Array.from({ length: 20_000 }, (_, i) => node(`/w/n${i}`))
  const odd = node(Buffer.from('/odd\xff', 'latin1'), { data: 'odd' })
  const file = made([...BASE, ...deep, node('/w'), ...wide, odd])
  const look = await lookAt(file)
  const usage = diskUsage(look, { path: '/', depth: 100, top: 2 })
  expect(usage).toMatchObject({ nodes: look.tree.counts().nodes, dataBytes: 23_004 })
  expect(usage.levels.length).toBe(3001)
  expect(usage.widest[0]).toMatchObject({ path: '/w', children: 20_000 })
  expect(treeBelow(look, { path: '/', depth: 1, limit: 2 }).omitted.children).toBeGreaterThan(0)
  expect(listChildren(look, '/').children.map(({ path }) => path)).toContain('/odd\ufffd')
  const ncdu = join(file, '../tree.ncdu')
  await writeNcdu(look, '/', { file: ncdu, version: '1' })
  const text = readFileSync(ncdu, 'utf8')
  expect(text.match(/"name"/g)).toHaveLength(usage.nodes)
  // once more over an export, never over anything else
  await writeNcdu(look, '/w', { file: ncdu, version: '1' })
  const [major, , about, [root, ...items]] = JSON.parse(readFileSync(ncdu, 'utf8'))
  expect({ major, root, items: items.length, about }).toMatchObject({
    major: 1,
    root: { name: '/w' },
    items: 20_000,
    about: { progname: 'zkops' },
  })
  await expect(writeNcdu(look, '/', { file, version: '1' })).rejects.toMatchObject({ code: 'refused.target-exists' })
})

test('the shell: where one is, quoting, completion', async () => {
  const look = await lookAt(made([...BASE, node('/app'), node('/app/with blank', { data: 'v' }), node('/apple')]))
  const shell = shellIn(look, signal)
  expect(await shell.answer('  ')).toEqual({ kind: 'nothing' })
  await shell.answer('cd app')
  expect(await shell.answer('pwd')).toEqual({ kind: 'path', path: '/app' })
  for (const line of [
    "stat 'with blank'",
    'stat with\\ blank',
    'stat "/app/with blank"',
    'stat ../app/./with\\ blank',
  ]) {
    expect(await shell.answer(line)).toMatchObject({ kind: 'stat', znode: { path: '/app/with blank' } })
  }
  expect(await shell.answer('find w*')).toMatchObject({ znodes: [{ path: '/app/with blank' }], more: false })
  await expect(shell.answer('cd nothing')).rejects.toMatchObject({ code: 'input.no-znode' })
  expect(shell.path()).toBe('/app')
  for (const line of ['rm /app', 'constructor', '__proto__']) {
    await expect(shell.answer(line)).rejects.toMatchObject({ code: 'usage' })
  }
  expect(await shell.answer('cd ../../..')).toEqual({ kind: 'nothing' })
  expect(shell.path()).toBe('/')
  expect(shell.complete('ca')).toEqual([['cat '], 'ca'])
  expect(shell.complete('ls ap')).toEqual([['app/', 'apple '], 'ap'])
  expect(shell.complete('ls /app/w')).toEqual([['/app/with\\ blank '], '/app/w'])
  expect(shell.complete('ls /nothing/w')).toEqual([[], '/nothing/w'])
})
