import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createKernel, createWasmKernel } from '../../../src/formats/kernel/create.ts'
import { FIRST_FREE, type Kernel, TABLE_ROWS } from '../../../src/formats/kernel/kernel.ts'
import { plainKernel } from '../../../src/formats/kernel/plain.ts'
import { STOP } from '../../../src/formats/kernel/stop.ts'
import { encodeRecord, encodeTxn } from '../../../src/formats/txnlog/encode.ts'
import { OP } from '../../../src/formats/txnlog/ops.ts'
import { create, creates, OPEN_ACL, record, text, txn } from '../../helpers/log-builder.ts'
import { slowAdler32 } from '../../helpers/slow-adler32.ts'

const LIMIT = 2_097_150
const wasm = createWasmKernel()!
const kernels: readonly (readonly [string, Kernel])[] = [
  ['wasm', wasm],
  ['plain', plainKernel()],
]

/** What a walk over `bytes` says, positions relative to their start. */
function walk(kernel: Kernel, bytes: Uint8Array, limit = LIMIT, capacity = TABLE_ROWS) {
  expect(kernel.reserve(FIRST_FREE + bytes.length)).toBe(true)
  kernel.bytes().set(bytes, FIRST_FREE)
  const count = kernel.frame(FIRST_FREE, FIRST_FREE + bytes.length, limit, capacity)
  return {
    records: Array.from({ length: count }, (_, i) => [kernel.table()[2 * i]! - FIRST_FREE, kernel.table()[2 * i + 1]!]),
    stop: kernel.stopKind(),
    at: kernel.stopAt() - FIRST_FREE,
  }
}

test('SIMD is there on the runtimes that we test with', () => {
  expect(createWasmKernel()).toBeDefined()
  expect(createKernel()).toBeDefined()
})

describe.each(kernels)('%s', (_name, kernel) => {
  test('adler32', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 12_000 }),
        fc.nat(0xfff0),
        fc.nat(0xfff0),
        fc.nat(17),
        (bytes, a, b, shift) => {
          const start = b * 65536 + a
          kernel.reserve(FIRST_FREE + shift + bytes.length)
          kernel.bytes().set(bytes, FIRST_FREE + shift)
          expect(kernel.adler32(FIRST_FREE + shift, bytes.length, start)).toBe(slowAdler32(bytes, start))
        },
      ),
      { numRuns: 100, seed: 2 },
    )
    const most = new Uint8Array(100_000).fill(255)
    kernel.reserve(FIRST_FREE + most.length)
    kernel.bytes().set(most, FIRST_FREE)
    expect(kernel.adler32(FIRST_FREE, most.length, 0xfff0fff0)).toBe(slowAdler32(most, 0xfff0fff0))
  })

  test('find: the first place of a needle, as indexOf has it', () => {
    const alphabet = fc.constantFrom(0, 47, 97, 98)
    fc.assert(
      fc.property(
        fc.array(alphabet, { maxLength: 300 }),
        fc.array(alphabet, { minLength: 2, maxLength: 40 }),
        fc.nat(300),
        (hay, needle, from) => {
          const start = Math.min(from, hay.length)
          kernel.reserve(FIRST_FREE + hay.length + needle.length)
          // what lies behind the end must not count
          kernel.bytes().set([...hay, ...needle], FIRST_FREE)
          const end = FIRST_FREE + hay.length
          const expected = Buffer.from(hay).indexOf(Buffer.from(needle), start)
          const found = kernel.find(FIRST_FREE + start, end, Uint8Array.from(needle))
          expect(found).toBe(expected === -1 ? end : FIRST_FREE + expected)
        },
      ),
      { numRuns: 2000, seed: 3 },
    )
    const long = new Uint8Array(5000).fill(98)
    kernel.reserve(FIRST_FREE + 20_000)
    kernel.bytes().fill(97, FIRST_FREE, FIRST_FREE + 20_000)
    kernel.bytes().set(long, FIRST_FREE + 7777)
    expect(kernel.find(FIRST_FREE, FIRST_FREE + 20_000, long)).toBe(FIRST_FREE + 7777)
  })

  test('walks records and stops behind the last one', () => {
    const records = creates(3).map(record)
    const bytes = Buffer.concat(records)
    const ends = records.map((_, i) => Buffer.concat(records.slice(0, i)).length)
    expect(walk(kernel, bytes)).toEqual({
      records: records.map((one, i) => [ends[i], one.length - 13]),
      stop: STOP.needMore,
      at: bytes.length,
    })
    expect(walk(kernel, bytes, LIMIT, 2)).toMatchObject({ stop: STOP.tableFull, at: ends[2] })
  })

  const good = record(create(1n, '/a'))
  const damaged = (change: (bytes: Buffer) => void) => {
    const bytes = Buffer.concat([good, good])
    change(bytes)
    return bytes
  }
  const bodyless = (type: number, bytes: Uint8Array) =>
    encodeRecord(encodeTxn(txn(1n, type, { kind: 'unknown', bytes })))
  const shorten = (type: number, bytes: Uint8Array, by: number) => bodyless(type, bytes.subarray(0, bytes.length - by))
  const path = Buffer.from([0, 0, 0, 2, 0x2f, 0x61])

  test.each([
    ['an incomplete head', damaged(() => {}).subarray(0, good.length + 11), STOP.needMore],
    ['an incomplete payload', damaged(() => {}).subarray(0, good.length + 30), STOP.needMore],
    ['a missing end mark', damaged(() => {}).subarray(0, 2 * good.length - 1), STOP.needMore],
    ['length 0', damaged((b) => b.writeInt32BE(0, good.length + 8)), STOP.zeroLength],
    ['length -1', damaged((b) => b.writeInt32BE(-1, good.length + 8)), STOP.badLength],
    ['a length above the limit', damaged((b) => b.writeInt32BE(LIMIT + 1, good.length + 8)), STOP.badLength],
    ['a length at the limit', damaged((b) => b.writeInt32BE(LIMIT, good.length + 8)), STOP.needMore],
    ['a wrong end mark', damaged((b) => b.writeUInt8(0x43, 2 * good.length - 1)), STOP.badEndMark],
    [
      'a flipped payload bit',
      damaged((b) => b.writeUInt8(b[good.length + 20]! ^ 1, good.length + 20)),
      STOP.badChecksum,
    ],
    ['a flipped upper checksum half', damaged((b) => b.writeUInt8(1, good.length)), STOP.badChecksum],
    ['a payload shorter than a header', Buffer.concat([good, encodeRecord(new Uint8Array(31))]), STOP.shortBody],
    ['a body that ends too early', Buffer.concat([good, shorten(OP.setData, path, 1)]), STOP.shortBody],
    [
      'an unreasonable inner length',
      Buffer.concat([good, bodyless(OP.delete, Buffer.from([0x7f, 0, 0, 0]))]),
      STOP.badInnerLength,
    ],
    [
      'a negative inner length',
      Buffer.concat([good, bodyless(OP.delete, Buffer.from([255, 255, 255, 254]))]),
      STOP.badInnerLength,
    ],
    ['an unknown type', Buffer.concat([good, bodyless(77, path)]), STOP.unknownType],
    [
      'check at top level',
      Buffer.concat([good, bodyless(OP.check, Buffer.from([...path, 0, 0, 0, 1]))]),
      STOP.unknownType,
    ],
  ])('%s', (_case, bytes, stop) => {
    expect(walk(kernel, bytes)).toEqual({ records: [[0, good.length - 13]], stop, at: good.length })
  })

  const close = (bytes: Uint8Array) => bodyless(OP.closeSession, bytes)
  const v0 = encodeTxn(
    txn(1n, OP.create, {
      kind: 'create',
      path: text('/v0'),
      data: null,
      acl: OPEN_ACL,
      ephemeral: true,
      parentCversion: null,
    }),
  )
  test.each([
    ['create of 3.3, without parentCVersion', encodeRecord(v0)],
    ['closeSession without a body', close(new Uint8Array())],
    ['closeSession with a digest alone', close(Buffer.from([0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 9]))],
    ['closeSession with an empty list', close(Buffer.from([0, 0, 0, 0]))],
    ['closeSession with a list that ends too early', close(Buffer.from([0, 0, 0, 3, 0, 0, 0, 1]))],
    ['a null path', bodyless(OP.delete, Buffer.from([255, 255, 255, 255]))],
    ['a null vector', bodyless(OP.multi, Buffer.from([255, 255, 255, 255]))],
    ['bytes behind the body', bodyless(OP.delete, Buffer.from([...path, 1, 2, 3]))],
  ])('takes %s', (_case, bytes) => {
    expect(walk(kernel, bytes)).toMatchObject({ records: [[0, bytes.length - 13]], stop: STOP.needMore })
  })

  test('a vector of two billion elements takes no time', () => {
    const many = Buffer.from([0x7f, 255, 255, 255, 0, 0, 0, 1, 0, 0, 0, 0])
    expect(walk(kernel, bodyless(OP.multi, many)).stop).toBe(STOP.shortBody)
    expect(walk(kernel, close(many)).stop).toBe(STOP.needMore)
  })

  test('the end of what is not zero', () => {
    for (const [length, last] of [
      [0, 0],
      [1, 0],
      [1, 1],
      [15, 3],
      [16, 16],
      [17, 1],
      [100, 0],
      [100, 37],
      [4096, 4081],
    ] as const) {
      const bytes = new Uint8Array(length)
      if (last > 0) bytes[last - 1] = 1
      kernel.reserve(FIRST_FREE + length)
      kernel.bytes().set(bytes, FIRST_FREE)
      expect(kernel.endOfNonZero(FIRST_FREE, FIRST_FREE + length)).toBe(FIRST_FREE + last)
    }
  })

  test('search finds the head of a record at any distance, and nothing in garbage', () => {
    for (const gap of [0, 1, 2, 3, 4, 11, 12, 15, 16, 17, 31, 32, 33, 47, 64, 100, 1000]) {
      for (const filler of [0, 7]) {
        const bytes = Buffer.concat([Buffer.alloc(gap, filler), good, Buffer.alloc(80, filler)])
        kernel.reserve(FIRST_FREE + bytes.length)
        kernel.bytes().set(bytes, FIRST_FREE)
        // zeros before it make earlier heads plausible, never ones behind it
        let at = FIRST_FREE
        const found: number[] = []
        while ((at = kernel.search(at, FIRST_FREE + bytes.length, LIMIT)) < FIRST_FREE + bytes.length) {
          found.push(at - FIRST_FREE)
          at++
        }
        expect(found).toContain(gap)
      }
    }
    const garbage = Buffer.alloc(5000, 9)
    kernel.bytes().set(garbage, FIRST_FREE)
    expect(kernel.search(FIRST_FREE, FIRST_FREE + 5000, LIMIT)).toBe(FIRST_FREE + 5000)
  })
})

test('both kernels agree on random damage', () => {
  const clean = Buffer.concat([
    ...creates(4).map(record),
    record(
      txn(5n, OP.multi, {
        kind: 'multi',
        ops: [{ type: OP.delete, data: text('\0\0\0\u0001/'), body: { kind: 'unknown', bytes: text('') } }],
      }),
    ),
    record(txn(6n, OP.closeSession, { kind: 'closeSession', paths: [text('/n/1'), null], hasBody: true })),
  ])
  const damage = fc.array(fc.tuple(fc.nat(clean.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(damage, fc.nat(clean.length), fc.boolean(), (changes, cut, restamp) => {
      const bytes = Buffer.from(clean.subarray(0, cut))
      for (const [at, value] of changes) if (at < cut) bytes[at] = value
      // with a checksum that fits again the damage reaches the bodies
      if (restamp && cut > 12) {
        const length = bytes.readUInt32BE(8)
        if (12 + length < cut) bytes.writeUInt32BE(slowAdler32(bytes.subarray(12, 12 + length)), 4)
      }
      expect(walk(wasm, bytes)).toEqual(walk(kernels[1]![1], bytes))
      const search = kernels.map(([, kernel]) => kernel.search(FIRST_FREE, FIRST_FREE + bytes.length, LIMIT))
      expect(search[0]).toBe(search[1])
    }),
    { numRuns: 3000, seed: 3 },
  )
})
