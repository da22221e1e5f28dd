import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createWasmKernel } from '../../../src/formats/kernel/create.ts'
import { FIRST_FREE, type Kernel, TABLE_AT } from '../../../src/formats/kernel/kernel.ts'
import { plainKernel } from '../../../src/formats/kernel/plain.ts'
import type { WasmMemory } from '../../../src/formats/kernel/webassembly.ts'
import { encodeBody } from '../../../src/formats/txnlog/encode.ts'
import { OP } from '../../../src/formats/txnlog/ops.ts'
import { DEFAULT_JUTE_MAXBUFFER, mostBufferBytes, payloadLimit, scanLog } from '../../../src/formats/txnlog/scan.ts'
import { createTally } from '../../../src/formats/txnlog/tally/create.ts'
import { plainTally } from '../../../src/formats/txnlog/tally/plain.ts'
import {
  BOUNDS,
  type Bounds,
  type KeyCounts,
  type Tally,
  type TallyOptions,
  type TallyResult,
} from '../../../src/formats/txnlog/tally/tally.ts'
import { topOf } from '../../../src/formats/txnlog/tally/top.ts'
import { wasmTally } from '../../../src/formats/txnlog/tally/wasm.ts'
import type { SubTxn, Txn } from '../../../src/formats/txnlog/types.ts'
import { fixtureLogs, seeded } from '../../helpers/fixtures.ts'
import { create, log, readBytes, record, text, txn } from '../../helpers/log-builder.ts'
import { slowAdler32 } from '../../helpers/slow-adler32.ts'

const LIMIT = payloadLimit(DEFAULT_JUTE_MAXBUFFER)
const EXACT: TallyOptions = { bounds: null, depth: 2 }
const kernel = createWasmKernel()!

/** The records of a log, counted by each. */
async function tally(bytes: Uint8Array, tallies: readonly Tally[], on: Kernel = kernel): Promise<TallyResult[]> {
  const batches = scanLog(on, readBytes(bytes), { limit: LIMIT, passUnknown: true })
  for await (const batch of batches) for (const one of tallies) one.add(batch)
  return tallies.map((one) => one.result())
}

/** Plain first: the other one may make the memory larger. */
const both = (bytes: Uint8Array, options: TallyOptions) =>
  tally(bytes, [plainTally(options), wasmTally(kernel, mostBufferBytes(LIMIT), options)!])

const listed = (counts: KeyCounts) => ({
  keys: counts.keys,
  missed: counts.missed,
  all: topOf(counts, counts.keys + 1).map(({ key, ...rest }) => ({
    key: Buffer.from(key).toString('latin1'),
    ...rest,
  })),
})

const comparable = ({ types, dataBytes, ...counts }: TallyResult) => ({
  types: [...types].sort((a, b) => (a.type ?? 99) - (b.type ?? 99)),
  dataBytes,
  ...Object.fromEntries(Object.entries(counts).map(([name, one]) => [name, listed(one)])),
})

async function expectSame(bytes: Uint8Array, options: TallyOptions): Promise<TallyResult> {
  const [plain, wasm] = await both(bytes, options)
  expect(comparable(wasm!)).toEqual(comparable(plain!))
  return wasm!
}

const multi = (zxid: bigint, ops: readonly (readonly [number, Uint8Array | null])[]): Txn =>
  txn(zxid, OP.multi, {
    kind: 'multi',
    ops: ops.map(([type, data]): SubTxn => ({ type, data, body: { kind: 'unknown', bytes: data ?? text('') } })),
  })

const setData = (path: string, data: string) =>
  encodeBody({ kind: 'setData', path: text(path), data: text(data), version: 1 })
const path = (value: string) => encodeBody({ kind: 'delete', path: text(value) })
const code = (value: number) => encodeBody({ kind: 'error', code: value })

const TINY: Bounds = {
  paths: [8, 4096],
  prefixes: [4, 1024],
  sessions: [4, 256],
  errors: [2, 256],
  failedOps: [2, 256],
}

test.each(fixtureLogs().map((one) => [one.name, one.file] as const))('both count %s alike', async (_name, file) => {
  const bytes = readFileSync(file)
  for (const depth of [1, 2, 5]) await expectSame(bytes, { bounds: null, depth })
  await expectSame(bytes, { bounds: BOUNDS, depth: 2 })
  await expectSame(bytes, { bounds: TINY, depth: 3 })
})

describe('what a record names', () => {
  const paths = async (...txns: readonly Txn[]) => {
    const { all } = listed((await expectSame(log(txns), EXACT)).paths)
    return Object.fromEntries(all.map(({ key, count }) => [key, count]))
  }

  test('a path counts once for a record, with all its bytes', async () => {
    const one = multi(1n, [
      [OP.setData, setData('/a', 'xx')],
      [OP.setData, setData('/a', 'xxx')],
      [OP.delete, path('/b/c/d')],
      [OP.check, encodeBody({ kind: 'check', path: text('/b/c/e'), version: 3 })],
    ])
    const bytes = record(one).length
    const result = await expectSame(log([one, create(2n, '/a', 'data')]), EXACT)
    expect(listed(result.paths).all).toEqual([
      { key: '/a', count: 2, bytes: bytes + record(create(2n, '/a', 'data')).length, missed: 0 },
      { key: '/b/c/d', count: 1, bytes, missed: 0 },
      { key: '/b/c/e', count: 1, bytes, missed: 0 },
    ])
    expect(listed(result.prefixes).all.map(({ key, count }) => [key, count])).toEqual([
      ['/a', 2],
      ['/b/c', 1],
    ])
    expect(result.dataBytes).toBe(2 + 3 + 4)
    expect(result.types.find(({ type }) => type === OP.setData)).toEqual({
      type: OP.setData,
      count: 0,
      bytes: 0,
      ops: 2,
    })
  })

  test('failed operations name nothing, with their code or their old body', async () => {
    const one = multi(1n, [
      [OP.error, code(-101)],
      [OP.error, code(-2)],
      [OP.error, code(-2)],
      [OP.error, setData('/old', 'x')],
      [OP.error, null],
    ])
    const result = await expectSame(log([one, txn(2n, OP.error, { kind: 'error', code: -110 })]), EXACT)
    expect(
      listed(result.failedOps).all.map(({ key, count }) => [Buffer.from(key, 'latin1').toString('hex'), count]),
    ).toEqual([
      ['', 2],
      ['fffffffe', 2],
      ['ffffff9b', 1],
    ])
    expect(listed(result.errors).all).toMatchObject([{ count: 1 }])
    expect(result.paths.keys).toBe(0)
  })

  test('operations that do not fit their type, and what cannot be inside a multi', async () => {
    const whole = setData('/a', 'xx')
    expect(
      await paths(
        multi(1n, [
          [OP.setData, whole.subarray(0, whole.length - 1)],
          [OP.multi, Buffer.from([0, 0, 0, 0])],
          [OP.closeSession, Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 0x61])],
          [OP.createSession, Buffer.from([0, 0, 0, 1])],
          [OP.createSession, Buffer.from([0, 0, 0])],
          [77, path('/b')],
          [OP.delete, Buffer.from([255, 255, 255, 255])],
          [OP.delete, Buffer.from([255, 255, 255, 254])],
          [OP.delete, null],
          [OP.delete, path('')],
        ]),
      ),
    ).toEqual({ '': 1 })
  })

  test('closeSession: every path of its list once, none of a list that ends too early', async () => {
    const close = (zxid: bigint, bytes: Uint8Array) => txn(zxid, OP.closeSession, { kind: 'unknown', bytes })
    const list = (...names: (string | null)[]) =>
      txn(9n, OP.closeSession, {
        kind: 'closeSession',
        paths: names.map((name) => (name === null ? null : text(name))),
        hasBody: true,
      })
    expect(
      await paths(
        list('/e/1', '/e/2', '/e/1', null),
        list('/e/1'),
        list(),
        close(1n, new Uint8Array()),
        close(2n, Buffer.from([0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 9])),
        close(3n, Buffer.from([0, 0, 0, 3, 0, 0, 0, 1, 0x2f])),
        close(4n, Buffer.from([255, 255, 255, 255])),
      ),
    ).toEqual({ '/e/1': 2, '/e/2': 1 })
  })

  test.each([
    ['/', 1, '/'],
    ['/a', 1, '/a'],
    ['/a/b', 1, '/a'],
    ['/a/b/c', 2, '/a/b'],
    ['/a/b/c', 9, '/a/b/c'],
    ['/0123456789/abcd', 2, '/0123456789/abcd'],
    ['/0123456789/abcd/', 2, '/0123456789/abcd'],
    ['/0123456789/abcdef/x/y', 2, '/0123456789/abcdef'],
    ['/0123456789/abcdef/0123456789/abcdef/0123456789/x', 4, '/0123456789/abcdef/0123456789/abcdef'],
    ['relative/path', 1, 'relative/path'],
    ['//x', 1, '/'],
    ['', 1, ''],
  ])('the prefix of %j at depth %i is %j', async (name, depth, prefix) => {
    const result = await expectSame(log([create(1n, name)]), { bounds: null, depth })
    expect(listed(result.prefixes).all.map(({ key }) => key)).toEqual([prefix])
  })

  test('records of unknown types', async () => {
    const unknown = [77, OP.check, -12, 22, 2 ** 31 - 1, -(2 ** 31)].map((type, i) =>
      txn(BigInt(i + 1), type, { kind: 'unknown', bytes: setData('/a', 'x') }),
    )
    const result = await expectSame(log(unknown), EXACT)
    expect(result.types).toEqual([{ type: null, count: 6, bytes: 6 * record(unknown[0]!).length, ops: 0 }])
    expect(result.paths.keys).toBe(0)
  })
})

test('random damage inside bodies is counted alike', async () => {
  const clean = [
    create(1n, '/a/b', 'data'),
    multi(2n, [
      [OP.setData, setData('/a/b', 'x')],
      [OP.delete, path('/c')],
      [OP.error, code(-101)],
    ]),
    txn(3n, OP.closeSession, { kind: 'closeSession', paths: [text('/e/1'), text('/e/2')], hasBody: true }),
  ].map((one) => Buffer.from(record(one)))
  const change = fc.tuple(fc.nat(2), fc.nat(400), fc.nat(255))
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 5 }), async (changes) => {
      const records = clean.map((one) => Buffer.from(one))
      for (const [i, at, value] of changes) {
        const one = records[i]!
        one[40 + (at % (one.length - 41))] = value
        one.writeUInt32BE(slowAdler32(one.subarray(12, one.length - 1)), 4)
      }
      await expectSame(Buffer.concat([log([]), ...records]), EXACT)
    }),
    { numRuns: 2000, seed: 5 },
  )
})

describe('many keys', () => {
  const COUNT = 300_000
  const random = seeded(7)
  // short ones and long ones, so that every length of the last word comes
  const names = Array.from({ length: COUNT }, (_, i) => `/k/${i.toString(36)}${'.'.repeat(i % 11)}`)
  const truth = new Map<string, number>()
  const bytes = log(
    Array.from({ length: COUNT * 1.2 }, (_, i) => {
      const name = names[i < COUNT ? i : Math.floor(random() ** 4 * COUNT)]!
      truth.set(name, (truth.get(name) ?? 0) + 1)
      return txn(BigInt(i + 1), OP.delete, { kind: 'delete', path: text(name) }, { session: BigInt(i) })
    }),
  )

  test('are counted exactly', async () => {
    const options: TallyOptions = { bounds: null, depth: 2 }
    const [result] = await tally(bytes, [wasmTally(kernel, mostBufferBytes(LIMIT), options)!])
    expect([result!.paths.keys, result!.sessions.keys, result!.paths.missed]).toEqual([COUNT, COUNT * 1.2, 0])
    let wrong = 0
    result!.paths.each((count, _bytes, ref) => {
      if (truth.get(Buffer.from(result!.paths.keyAt(ref)).toString()) !== count) wrong++
      return 0
    })
    expect(wrong).toBe(0)
  })

  test('are estimated within the bounds, alike', async () => {
    const result = await expectSame(bytes, { bounds: { ...BOUNDS, paths: [5000, 1 << 20] }, depth: 2 })
    const all = [...truth.values()].reduce((sum, count) => sum + count, 0)
    expectBounds(result.paths, truth)
    expect(result.paths.missed).toBeLessThanOrEqual((2 * all) / 5000)
    // what comes often is exact to a few
    const best = topOf(result.paths, 5)
    const really = [...truth].sort(([, a], [, b]) => b - a).slice(0, 5)
    expect(best.map(({ key }) => Buffer.from(key).toString()).sort()).toEqual(really.map(([name]) => name).sort())
  })
})

/** count <= true count <= count + missed for what is held, true count <= missed for what is not. */
function expectBounds(counts: KeyCounts, truth: ReadonlyMap<string, number>): void {
  const held = new Set<string>()
  const wrong: unknown[] = []
  counts.each((count, _bytes, ref) => {
    const name = Buffer.from(counts.keyAt(ref)).toString()
    const really = truth.get(name) ?? 0
    if (count > really || really > count + counts.missedAt(ref)) wrong.push([name, count, counts.missedAt(ref), really])
    held.add(name)
    return 0
  })
  for (const [name, really] of truth) if (!held.has(name) && really > counts.missed) wrong.push([name, really])
  expect(wrong).toEqual([])
}

test('the bounds of the error hold for any stream and any bounds', async () => {
  const name = fc.oneof(
    fc.nat(12).map((n) => `/hot/${n}`),
    fc.nat(500).map((n) => `/cold/${n}`),
    fc.integer({ min: 1, max: 300 }).map((n) => `/${'l'.repeat(n)}`),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.array(name, { minLength: 1, maxLength: 400 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 48, max: 3000 }),
      async (names, keys, arenaBytes) => {
        const truth = new Map<string, number>()
        for (const one of names) truth.set(one, (truth.get(one) ?? 0) + 1)
        const txns = names.map((one, i) => txn(BigInt(i + 1), OP.delete, { kind: 'delete', path: text(one) }))
        const bounds: Bounds = { ...TINY, paths: [keys, arenaBytes] }
        expectBounds((await expectSame(log(txns), { bounds, depth: 2 })).paths, truth)
      },
    ),
    { numRuns: 300, seed: 11 },
  )
})

test('top lists: by count, then bytes, then key', () => {
  const rows = [
    ['/b', 3, 10],
    ['/a', 3, 10],
    ['/c', 3, 11],
    ['/d', 9, 1],
    ...Array.from({ length: 2000 }, (_, i) => [`/z/${i}`, 1, 5] as const),
  ] as const
  const counts: KeyCounts = {
    keys: rows.length,
    missed: 0,
    each(visit) {
      for (const [ref, [, count, bytes]] of rows.entries()) visit(count, bytes, ref)
    },
    keyAt: (ref) => text(rows[ref]![0]),
    missedAt: () => 0,
  }
  const top = (most: number) => topOf(counts, most).map(({ key }) => Buffer.from(key).toString())
  expect(top(5)).toEqual(['/d', '/c', '/a', '/b', '/z/0'])
  expect(top(1)).toEqual(['/d'])
  expect(top(5000)).toEqual([
    '/d',
    '/c',
    '/a',
    '/b',
    ...rows
      .slice(4)
      .map(([name]) => name as string)
      .sort(),
  ])
})

test('exact counts that do not fit in memory are an error', async () => {
  const { Memory } = (globalThis as unknown as { WebAssembly: { Memory: new (limits: object) => WasmMemory } })
    .WebAssembly
  const memory = new Memory({ initial: 90, maximum: 120 })
  const small: Kernel = { ...plainKernel(), memory, reserve: () => true }
  const exact = wasmTally(small, mostBufferBytes(LIMIT), EXACT)!
  const copying: Tally = {
    add(batch) {
      new Uint8Array(memory.buffer).set(batch.bytes.subarray(FIRST_FREE, FIRST_FREE + (4 << 20)), FIRST_FREE)
      new Uint32Array(memory.buffer, TABLE_AT, batch.count * 2).set(batch.table.subarray(0, batch.count * 2))
      exact.add(batch)
    },
    result: exact.result,
  }
  const bytes = log(Array.from({ length: 20_000 }, (_, i) => create(BigInt(i + 1), `/${'long'.repeat(20)}/${i}`)))
  await expect(tally(bytes, [copying], plainKernel())).rejects.toMatchObject({
    code: 'input.too-large',
    hint: expect.stringContaining('--exact'),
  })
})

test('a runtime without SIMD, and a record limit that leaves no room, count in plain JavaScript', async () => {
  const bytes = log([create(1n, '/a')])
  const plain = plainKernel()
  plain.reserve(FIRST_FREE)
  expect(wasmTally(plain, mostBufferBytes(LIMIT), EXACT)).toBeUndefined()
  const [result] = await tally(bytes, [createTally(plain, LIMIT, EXACT)], plain)
  expect(listed(result!.paths).all).toMatchObject([{ key: '/a', count: 1 }])
  expect(wasmTally(kernel, mostBufferBytes(2 ** 31 - 1), EXACT)).toBeUndefined()
  expect([LIMIT, 5 << 20].map(mostBufferBytes)).toEqual([4 << 20, 8 << 20])
})
