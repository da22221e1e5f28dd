import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type DuSnapshotOptions, duSnapshot } from '../../src/operations/du-snapshot.ts'
import { type DiskUsage, diskUsage, type Usage } from '../../src/operations/look-into/disk-usage.ts'
import { lookInto } from '../../src/operations/look-into/look.ts'
import { writeNcdu } from '../../src/operations/look-into/ncdu.ts'
import { noProgress } from '../../src/support/progress.ts'
import { FIXTURES, fixtureSnapshots } from '../helpers/fixtures.ts'
import { BASE, node, snapshot } from '../helpers/snapshot-builder.ts'

const { signal } = new AbortController()
const common = { juteMaxbuffer: 1_048_575, signal, progress: noProgress }
const du = (place: string, more: Partial<DuSnapshotOptions> = {}) =>
  duSnapshot({ place, path: '/', depth: 2, ...common, ...more })

/** Of equal sizes any may come first, or be the one that is still listed. */
function sorted({ largest, widest, ...usage }: DiskUsage) {
  const inOrder = (one: Usage): unknown => ({
    ...one,
    children: one.children.map(inOrder).sort((a, b) => ((a as Usage).path < (b as Usage).path ? -1 : 1)),
  })
  const sizes = { largest: largest.map(({ dataBytes }) => dataBytes), widest: widest.map(({ children }) => children) }
  return { ...(inOrder(usage as Usage) as object), ...sizes }
}

test('counted while it is read, a snapshot gives what its tree gives', async () => {
  let cases = 0
  for (const { file } of fixtureSnapshots()) {
    const look = await lookInto({ place: file, ...common })
    const paths = ['/', '/app', '/zookeeper', '/app/data'].filter((path) => look.tree.lookup(path) !== undefined)
    for (const path of paths) {
      for (const depth of [0, 1, 3, 50]) {
        const { usage, zxid, timeMs } = await du(file, { path, depth })
        expect(sorted(usage), `${file} ${path} ${depth}`).toEqual(sorted(diskUsage(look, { path, depth })))
        expect({ zxid, timeMs }).toEqual({ zxid: look.zxid, timeMs: look.timeMs })
        cases++
      }
    }
  }
  expect(cases).toBeGreaterThan(400)
})

test('of very many children the heaviest are listed, of equal ones the first', async () => {
  const nodes = [...BASE]
  for (let i = 0; i < 5000; i++) {
    nodes.push(node(`/a${i}`, { data: 'x'.repeat((i * 7919) % 40) }))
    if (i % 3 === 0) nodes.push(node(`/a${i}/below`, { data: 'y'.repeat((i * 31) % 23) }), node(`/a${i}/empty`))
  }
  const folder = mkdtempSync(join(tmpdir(), 'zkops-du-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'snapshot.1')
  writeFileSync(file, snapshot(nodes))
  const cut = ({ children, ...one }: Usage, top: number): Usage => {
    const left = children.slice(top)
    const sum = (of: 'nodes' | 'dataBytes') => left.reduce((total, { [of]: more }) => total + more, 0)
    const omitted = { children: left.length, nodes: sum('nodes'), dataBytes: sum('dataBytes') }
    return { ...one, children: children.slice(0, top).map((child) => cut(child, top)), omitted }
  }
  for (const depth of [1, 2]) {
    const all = (await du(file, { depth })).usage
    for (const top of [1, 10, 1500, 4000, 10_000]) {
      const { children, omitted } = cut(all, top)
      expect((await du(file, { depth, top })).usage, `${top} ${depth}`).toMatchObject({ children, omitted })
    }
  }
})

/** Items by path; siblings come in any order. */
function items(file: string): unknown {
  const paths: string[] = []
  const walk = (item: unknown, above: string): void => {
    const [info, ...children] = Array.isArray(item) ? item : [item]
    const { name, asize = 0, dsize = 0 } = info as { name: string; asize?: number; dsize?: number }
    const path = `${above}/${name}`
    paths.push(`${path} ${asize} ${dsize} ${children.length}`)
    for (const child of children) walk(child, path)
  }
  const [major, minor, about, root] = JSON.parse(readFileSync(file, 'utf8')) as unknown[]
  walk(root, '')
  expect([major, minor, about]).toEqual([1, 1, { progname: 'zkops', progver: '1', timestamp: expect.any(Number) }])
  return paths.sort()
}

test('the export that is written while it is read is the one of the tree', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-ncdu-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const names = ['"quoted"', 'back\\slash', 'größe', 'tab\t', '\u001b[31m', 'x'.repeat(300_000), '日本', ' ', 'plain']
  const odd = [...names.map((name) => node(`/n/${name}`, { data: name })), node(Buffer.from('/n/\xff', 'latin1'))]
  const deep = Array.from({ length: 300 }, (_, i) => node('/d'.repeat(i + 1), { data: null }))
  const made = join(folder, 'snapshot.1')
  const order = [...BASE, node('/n', { data: '' }), ...odd, ...deep, node('/last', { data: 'x'.repeat(1234) })]
  writeFileSync(made, snapshot(order))
  const ncdu = { file: join(folder, 'ours.ncdu'), version: '1' }
  const theirs = { file: join(folder, 'tree.ncdu'), version: '1' }
  for (const file of [made, ...fixtureSnapshots().map((one) => one.file)]) {
    const look = await lookInto({ place: file, ...common })
    for (const path of ['/', '/n', '/d/d', '/app', '/app/data', '/last'].filter((one) => look.tree.lookup(one))) {
      await du(file, { path, ncdu })
      await writeNcdu(look, path, theirs)
      expect(items(ncdu.file), `${file} ${path}`).toEqual(items(theirs.file))
    }
  }
  // nothing is left of one that cannot be told
  rmSync(ncdu.file)
  await expect(du(made, { path: '/nothing', ncdu })).rejects.toMatchObject({ code: 'input.no-znode' })
  expect(readdirSync(folder).sort()).toEqual(['snapshot.1', 'tree.ncdu'])
})

test('what is not listed is counted', async () => {
  const file = join(FIXTURES, 'examples/snapshot.184')
  const look = await lookInto({ place: file, ...common })
  for (const top of [1, 2, 5]) {
    const { usage } = await du(file, { depth: 1, top })
    const whole = diskUsage(look, { path: '/', depth: 1, top })
    expect(usage.omitted).toEqual(whole.omitted)
    expect(usage.children.map(({ dataBytes }) => dataBytes)).toEqual(whole.children.map(({ dataBytes }) => dataBytes))
    const sum = usage.children.reduce((total, { nodes }) => total + nodes, 1 + usage.omitted.nodes)
    expect(sum).toBe(usage.nodes)
  }
})

test('an order that no server writes, a znode that is not there, damage', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zkops-du-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const odd = join(folder, 'snapshot.1')
  writeFileSync(odd, snapshot([...BASE, node('/a'), node('/b'), node('/a/c', { data: 'ccc' }), node('/b/d')]))
  expect((await du(odd)).usage).toMatchObject({ nodes: 7, dataBytes: 6 })
  await expect(du(odd, { path: '/nothing' })).rejects.toMatchObject({ code: 'input.no-znode' })
  await expect(du(odd, { path: 'nothing' })).rejects.toMatchObject({ code: 'usage' })
  const damaged = join(folder, 'snapshot.184')
  copyFileSync(join(FIXTURES, 'examples/snapshot.184'), damaged)
  const bytes = readFileSync(damaged)
  bytes[3000]! ^= 1
  writeFileSync(damaged, bytes)
  await expect(du(damaged)).rejects.toMatchObject({ code: 'input.damaged-snapshot' })
})
