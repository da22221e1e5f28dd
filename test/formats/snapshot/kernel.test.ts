import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 as zlibCrc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { crc32 } from '../../../src/formats/checksum/crc32.ts'
import { createWasmSnapshotKernel } from '../../../src/formats/snapshot/kernel/create.ts'
import {
  FIRST_FREE,
  NODE_FLAG,
  NODE_STOP,
  ROW_WORDS,
  type SnapshotKernel,
} from '../../../src/formats/snapshot/kernel/kernel.ts'
import { plainSnapshotKernel } from '../../../src/formats/snapshot/kernel/plain.ts'
import { type SnapshotEnd, type SnapshotPart, scanSnapshot } from '../../../src/formats/snapshot/scan.ts'
import { Siblings } from '../../../src/formats/snapshot/siblings.ts'
import { WordPairs } from '../../../src/formats/snapshot/word-pairs.ts'
import { FIXTURES, seeded } from '../../helpers/fixtures.ts'
import { BASE, node, snapshot } from '../../helpers/snapshot-builder.ts'

const wasm = createWasmSnapshotKernel()!
const plain = plainSnapshotKernel()

/** Everything a kernel says of a snapshot that comes in pieces. */
async function scanned(kernel: SnapshotKernel, bytes: Uint8Array, piece: number): Promise<unknown> {
  let at = 0
  const read = (into: Uint8Array): number => {
    const part = bytes.subarray(at, at + Math.min(piece, into.length))
    into.set(part)
    at += part.length
    return part.length
  }
  const options = { limit: 5000, digest: true, chunkBytes: 1000 }
  const parts: AsyncGenerator<SnapshotPart, SnapshotEnd> = scanSnapshot(kernel, read, options)
  const rows: unknown[] = []
  for (;;) {
    const next = await parts.next()
    if (next.done) return { rows, end: next.value }
    if (next.value.kind !== 'nodes') continue
    const { table, count, base } = next.value
    for (let row = 0; row < count; row++) {
      const [start, dataAt, aclAt, flags, ...hash] = table.subarray(row * ROW_WORDS, (row + 1) * ROW_WORDS)
      // whether a node is the first of its batch goes by the pieces
      rows.push([start! + base, dataAt! + base, aclAt! + base, flags! & ~NODE_FLAG.otherAcl, ...hash])
    }
  }
}

test('both kernels agree on a real snapshot, in pieces of any size', async () => {
  const bytes = readFileSync(join(FIXTURES, 'examples/snapshot.184'))
  const expected = await scanned(wasm, bytes, 1 << 20)
  for (const piece of [1, 100, 4096]) {
    expect(await scanned(wasm, bytes, piece)).toEqual(expected)
    expect(await scanned(plain, bytes, piece)).toEqual(expected)
  }
})

test('both kernels agree on random damage', async () => {
  const clean = snapshot([
    ...BASE,
    node('/app', { data: null }),
    node('/app/größe', { data: 'x'.repeat(300) }),
    node('/app/größe/a-long-component-of-a-path', { mzxid: 0x30n }),
    node('/app/b', { data: 'y'.repeat(6000) }),
    node('/c/orphan'),
    node('no-slash'),
    node('/app/e', { ephemeralOwner: 5n, aclRef: 2n }),
  ])
  const damage = fc.array(fc.tuple(fc.nat(clean.length - 1), fc.nat(255)), { maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(damage, fc.nat(clean.length), async (changes, cut) => {
      const bytes = Buffer.from(clean.subarray(0, cut < 50 ? clean.length : cut))
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
      expect(await scanned(wasm, bytes, 700)).toEqual(await scanned(plain, bytes, 700))
    }),
    { seed: 11, numRuns: 400 },
  )
})

describe.each([
  ['wasm', wasm],
  ['plain', plain],
] as const)('%s', (_name, kernel) => {
  const walk = (bytes: Uint8Array, limit = 100): { rows: number; stop: number; flags: number[] } => {
    kernel.reserve(FIRST_FREE + bytes.length)
    kernel.bytes().set(bytes, FIRST_FREE)
    kernel.begin()
    const options = { limit, most: 1000, digest: false }
    const rows = kernel.frame(FIRST_FREE, FIRST_FREE + bytes.length, 0, options)
    const flags = Array.from({ length: rows }, (_, row) => kernel.table()[row * ROW_WORDS + 3]!)
    return { rows, stop: kernel.stopKind(), flags }
  }
  const nodes = (...all: Parameters<typeof node>[0][]): Buffer => {
    const whole = snapshot(
      all.map((path) => node(path)),
      { acls: [], blocks: { digest: null, lastZxid: null } },
    )
    return whole.subarray(24, -18)
  }
  const END = Buffer.from([0, 0, 0, 1, 0x2f])
  const claim = (length: number) => {
    const bytes = Buffer.alloc(4)
    bytes.writeInt32BE(length)
    return bytes
  }

  test.each([
    ['the end', Buffer.concat([nodes('', '/a'), END]), 2, NODE_STOP.end],
    ['no end', nodes('', '/a'), 2, NODE_STOP.needMore],
    ['a part of a node', nodes('', '/a').subarray(0, -1), 1, NODE_STOP.needMore],
    ['a null path', Buffer.concat([nodes(''), claim(-1), Buffer.alloc(80)]), 1, NODE_STOP.nullPath],
    ['a negative path', Buffer.concat([nodes(''), claim(-2), Buffer.alloc(80)]), 1, NODE_STOP.badPathLength],
    ['a path of two gigabytes', Buffer.concat([nodes(''), claim(0x7fffffff)]), 1, NODE_STOP.badPathLength],
    ['a long path', Buffer.concat([nodes(''), claim(1001)]), 1, NODE_STOP.badPathLength],
    ['negative data', Buffer.concat([nodes(''), claim(0), claim(-2), Buffer.alloc(80)]), 1, NODE_STOP.badDataLength],
    ['long data', Buffer.concat([nodes(''), claim(0), claim(1001), Buffer.alloc(80)]), 1, NODE_STOP.badDataLength],
  ])('%s', (_case, bytes, rows, stop) => {
    expect(walk(bytes)).toMatchObject({ rows, stop })
  })

  test('parents, depth and limits', () => {
    const { otherAcl, parentNotOpen, noSlash, overLimit } = NODE_FLAG
    const long = `/a/${'x'.repeat(120)}`
    const paths = ['', '/a', '/a/b', '/a/b/c', '/a/d', '/ab', '/a/e', 'x', '/', '/f'].filter((path) => path !== '/')
    const { flags } = walk(nodes(...paths, long))
    expect(flags.map((flag) => [flag >>> 8, flag & 0xff & ~otherAcl])).toEqual([
      [0, 0],
      [1, 0],
      [2, 0],
      [3, 0],
      [2, 0],
      [1, 0],
      // /a was left
      [2, parentNotOpen],
      [0, noSlash],
      [1, parentNotOpen],
      [2, parentNotOpen | overLimit],
    ])
  })
})

test('paths that differ have other hashes', () => {
  const random = seeded(5)
  const paths = [
    ...Array.from({ length: 200_000 }, (_, i) => `/lock-${String(i).padStart(10, '0')}`),
    ...Array.from({ length: 50_000 }, () => `/${random().toString(36)}/${random().toString(36)}`),
  ]
  const pairs = new WordPairs()
  const bytes = snapshot(
    ['', ...paths].map((path) => node(path, { data: null })),
    { kernel: wasm },
  )
  wasm.reserve(FIRST_FREE + bytes.length)
  wasm.bytes().set(bytes, FIRST_FREE)
  let at = FIRST_FREE + 16 + 4 + bytes.subarray(20).indexOf(Buffer.from('anyone')) + 6
  let seen = 0
  for (;;) {
    const count = wasm.frame(at, FIRST_FREE + bytes.length, 0, { limit: 1000, most: 1000, digest: false })
    for (let row = 0; row < count; row++) {
      const [hash1, hash2] = wasm.table().subarray(row * ROW_WORDS + 4, row * ROW_WORDS + 6)
      expect(pairs.add(hash1!, hash2!)).toBe(false)
    }
    seen += count
    at = wasm.stopAt()
    if (wasm.stopKind() !== NODE_STOP.tableFull) break
  }
  expect([seen, wasm.stopKind()]).toEqual([paths.length + 1, NODE_STOP.end])
})

test('siblings that come twice are found, whatever lies between', () => {
  const siblings = new Siblings()
  const add = (depth: number, name: number) =>
    siblings.addRows(Uint32Array.of(0, 0, 0, depth << 8, name, name * 7), 1).length > 0
  expect(add(0, 0)).toBe(false)
  for (let i = 1; i <= 1000; i++) {
    expect(add(1, i)).toBe(false)
    for (let j = 1; j <= 5; j++) expect(add(2, i * 100_000 + j)).toBe(false)
  }
  expect(add(1, 500)).toBe(true)
  expect(add(1, 1001)).toBe(false)
})

test('CRC-32 is that of zlib', () => {
  const random = seeded(1)
  for (const length of [0, 1, 3, 4, 15, 16, 17, 1000]) {
    const bytes = Buffer.from(Array.from({ length }, () => Math.floor(random() * 256)))
    expect(crc32(bytes)).toBe(zlibCrc32(bytes))
    expect(crc32(bytes.subarray(length >> 1), crc32(bytes.subarray(0, length >> 1)))).toBe(zlibCrc32(bytes))
  }
})
