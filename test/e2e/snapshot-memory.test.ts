/*
 * What streams needs no more memory for more znodes, however they are packed, and a small file cannot make it need more.
 * Where the memory that WebAssembly can have ends (4 GiB, here 12.5 MiB): what needs the whole tree says so, what streams
 * works all the same.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { zkops } from '../helpers/cli.ts'
import { FIXTURES, FULL } from '../helpers/fixtures.ts'
import { create, creates, log, writeOldFile } from '../helpers/log-builder.ts'
import { peak } from '../helpers/peak.ts'
import { BASE, FORMS, node, snappy, snapshot } from '../helpers/snapshot-builder.ts'

const NODES = 100_000
const LIMITED = { nodeArgs: ['--wasm-max-mem-pages=200'] }

let folder: string
let file: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zkops-memory-'))
  mkdirSync(join(folder, 'version-2'))
  file = join(folder, 'version-2/snapshot.1')
  const nodes = Array.from({ length: NODES }, (_, i) => node(`/n${i}`, { data: 'value' }))
  writeFileSync(file, snapshot([...BASE, ...nodes]))
})
afterAll(() => rmSync(folder, { recursive: true }))

const WHOLE_TREE = [
  ['show', []],
  ['ls', []],
  ['cat', ['/n1']],
  ['stat', ['/n1']],
  ['tree', []],
  ['find', []],
  ['shell', []],
  ['build', ['--output', 'built', '--dry-run']],
] as const

const STREAMING = [
  ['verify', [], 'valid: a server loads it'],
  ['dump', ['--format', 'csv'], '/n99999'],
  ['du', ['--ncdu', 'tree.ncdu'], '/n'],
  ['lint', [], '100,003 nodes'],
  ['convert', ['--output', 'converted', '--execute'], '100003 znodes, seals right'],
] as const

describe('the whole tree', () => {
  test.each(WHOLE_TREE)('snapshot %s says so: exit 3', async (name, more) => {
    const place = name === 'build' ? folder : file
    const { exitCode, stdout, stderr } = await zkops(['snapshot', name, place, ...more], { cwd: folder, ...LIMITED })
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' })
    expect(stderr).toMatch(/^error: The tree does not fit in memory: .*\n.*snapshot verify, dump, du, lint/)
  })

  test('as a document', async () => {
    const { exitCode, stdout } = await zkops(['snapshot', 'ls', '--json', file], LIMITED)
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([3, { error: { code: 'input.too-large' } }])
  })

  test('also when it only grows too large with the logs', async () => {
    const place = join(folder, 'grown')
    mkdirSync(place)
    writeFileSync(join(place, 'snapshot.1'), snapshot(BASE))
    writeOldFile(join(place, 'log.2'), log([create(2n, '/n'), ...creates(NODES, 3n)]))
    const { exitCode, stderr } = await zkops(['snapshot', 'show', place], LIMITED)
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('does not fit in memory')])
  })
})

test.each(STREAMING)('snapshot %s reads it all the same', async (name, more, shows) => {
  const { exitCode, stdout } = await zkops(['snapshot', name, file, ...more], { cwd: folder, ...LIMITED })
  expect([exitCode, stdout.includes(shows)]).toEqual([name === 'lint' ? 1 : 0, true])
})

test('snapshot diff compares two of them', async () => {
  const { exitCode, stdout } = await zkops(['snapshot', 'diff', file, file], LIMITED)
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('0 added, 0 removed, 0 changed')])
})

test('snapshot du needs no more memory for a root with very many children', async () => {
  expect(await peak('snapshot', 'du', file)).toBeLessThan(80)
})

test.each([['verify'], ['salvage']])('snapshot %s believes no damaged length at the cost of memory', async (name) => {
  const damaged = join(folder, 'damaged/snapshot.1')
  mkdirSync(join(folder, 'damaged'), { recursive: true })
  const nodes = Array.from({ length: NODES }, (_, i) => node(`/app/n${i}`, { data: 'v'.repeat(800) }))
  const bytes = snapshot([...BASE, node('/app'), ...nodes])
  bytes.writeInt32BE(60 << 20, bytes.indexOf('/app/n77') + '/app/n77'.length)
  writeFileSync(damaged, bytes)
  const flags = name === 'salvage' ? ['--output', join(folder, 'salvaged'), '--execute'] : []
  // not the 60 MiB that the length claims
  expect(await peak('snapshot', name, damaged, ...flags)).toBeLessThan(name === 'verify' ? 80 : 90)
})

describe.each(FORMS.filter(([end]) => FULL || end === '.gz'))('packed as "%s"', (end, pack) => {
  let small: string
  let large: string
  beforeAll(() => {
    small = join(folder, `small${end}`)
    large = join(folder, `large${end}`)
    const nodes = (count: number) =>
      Array.from({ length: count }, (_, i) => node(`/app/n${i}`, { data: 'v'.repeat(500) }))
    writeFileSync(small, pack(snapshot([...BASE, node('/app'), ...nodes(NODES / 5)])))
    writeFileSync(large, pack(snapshot([...BASE, node('/app'), ...nodes(NODES)])))
  }, 60_000)

  test.each([
    ['verify', []],
    ['dump', ['--format', 'jsonl']],
    ['du', ['--ncdu', 'tree.ncdu']],
    ['lint', []],
    ['convert', ['--prune', '/app/n1', '--output', 'pruned', '--dry-run']],
  ])('snapshot %s needs no more memory for more znodes', async (name, more) => {
    const flags = more.map((flag) => (flag === 'tree.ncdu' ? join(folder, flag) : flag))
    const little = await peak('snapshot', name, small, ...flags)
    const much = await peak('snapshot', name, large, ...flags)
    expect(much).toBeLessThan(80)
    expect(much).toBeLessThan(little * 1.2)
  })
})

describe('a file that unpacks to far more', () => {
  const zeros = Buffer.alloc(8 << 20)
  const TIMES = FULL ? 64 : 16
  const head = readFileSync(join(FIXTURES, 'examples/snapshot.184')).subarray(0, 16)
  const ints = (...values: readonly number[]): Buffer => {
    const bytes = Buffer.alloc(4 * values.length)
    for (const [i, value] of values.entries()) bytes.writeInt32BE(value, 4 * i)
    return bytes
  }
  // sessions, access lists, length of a path
  test.each([
    ['nothing', Buffer.alloc(0), 80],
    ['as many sessions', Buffer.concat([head, ints(2 ** 31 - 1)]), 80],
    ['a path as long', Buffer.concat([head, ints(0, 0, 2 ** 31 - 1)]), 80],
    ['a path as long as is believed', Buffer.concat([head, ints(0, 0, 60 << 20)]), 80],
    ['a value as long', Buffer.concat([head, ints(0, 0, 0, 2 ** 31 - 1)]), 80],
  ])('%s is claimed in front of zeros', async (_name, front, most) => {
    const packed = [
      [gzipSync(front), gzipSync(zeros), '.gz'],
      [snappy(front), snappy(zeros), '.snappy'],
    ] as const
    for (const [first, rest, end] of packed) {
      const bomb = join(folder, `snapshot.2${end}`)
      writeFileSync(bomb, Buffer.concat([first, ...Array.from({ length: TIMES }, () => rest)]))
      expect((await zkops(['snapshot', 'verify', bomb])).exitCode).toBe(1)
      expect(await peak('snapshot', 'verify', bomb)).toBeLessThan(most)
    }
  })
})
