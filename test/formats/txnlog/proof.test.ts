import { describe, expect, test } from 'vitest'
import { adler32 } from '../../../src/formats/checksum/adler32.ts'
import { createKernel } from '../../../src/formats/kernel/create.ts'
import { FIRST_FREE } from '../../../src/formats/kernel/kernel.ts'
import { encodeTxn } from '../../../src/formats/txnlog/encode.ts'
import { proveRecord } from '../../../src/formats/txnlog/proof.ts'
import { Window } from '../../../src/formats/txnlog/scan.ts'
import { seeded } from '../../helpers/fixtures.ts'
import { create, creates, record } from '../../helpers/log-builder.ts'

const LIMIT = 2_097_150
const END = Uint8Array.of(0x42)

/** Bytes that come in pieces, at the place where a record should be. */
async function prove(bytes: Uint8Array, { after = 0n, limit = LIMIT, piece = 1 << 20 } = {}) {
  let at = 0
  const kernel = createKernel()
  const window = new Window(
    kernel,
    (into) => {
      const part = bytes.subarray(at, at + Math.min(into.length, piece))
      into.set(part)
      at += part.length
      return part.length
    },
    1 << 16,
  )
  await window.more()
  const proof = await proveRecord(window, limit, after)
  expect(window.head).toBeGreaterThanOrEqual(FIRST_FREE)
  return proof
}

const one = create(5n, '/a/path', 'some data')
const payload = encodeTxn(one)
const head = (checksum: number, length: number) => {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt32BE(checksum, 4)
  bytes.writeUInt32BE(length, 8)
  return bytes
}
const wrongLength = (length = payload.length + 40) => Buffer.concat([head(adler32(payload), length), payload, END])
const next = Buffer.concat(creates(2, 6n).map(record))

describe('a wrong length is proven', () => {
  test.each<[string, Uint8Array]>([
    ['by the record behind it', Buffer.concat([wrongLength(), next])],
    [
      'by a record behind it whose payload is damaged',
      Buffer.concat([wrongLength(), Buffer.from(next).fill(7, 60, 61)]),
    ],
    ['by the padding behind it', Buffer.concat([wrongLength(), Buffer.alloc(5000)])],
    ['by padding up to the end of the file', Buffer.concat([wrongLength(), Buffer.alloc(3)])],
    ['by the end of the file', wrongLength()],
    ['when it is 0', Buffer.concat([wrongLength(0), next])],
    ['when it is negative', Buffer.concat([wrongLength(0xfffffff0), next])],
    ['when it is too small', Buffer.concat([wrongLength(33), next])],
  ])('%s', async (_name, bytes) => {
    for (const piece of [1 << 20, 7]) {
      expect(await prove(bytes, { piece })).toEqual({ length: payload.length, wrong: 'length', zxid: 5n })
    }
  })

  test('of a record that holds a log itself', async () => {
    const inner = encodeTxn(create(5n, '/log', Buffer.concat(creates(9, 100n).map(record))))
    const bytes = Buffer.concat([head(adler32(inner), 99), inner, END, next])
    expect(await prove(bytes)).toEqual({ length: inner.length, wrong: 'length', zxid: 5n })
  })

  test('of a record of many MiB', async () => {
    const large = encodeTxn(create(5n, '/large', Buffer.alloc(5 << 20, 'B')))
    const bytes = Buffer.concat([head(adler32(large), 77), large, END, next])
    expect(await prove(bytes, { limit: 32 << 20 })).toEqual({ length: large.length, wrong: 'length', zxid: 5n })
    expect(await prove(bytes)).toBeUndefined()
  })
})

describe('nothing is proven', () => {
  const text = Buffer.from('text of a value, no record')
  test.each<[string, Uint8Array, bigint?]>([
    // the checksum fits and an end mark follows, but no record can end there
    ['by a checksum that fits in the middle of something', Buffer.concat([wrongLength(), text, next])],
    ['by a checksum that fits, with an end mark, before junk at the end', Buffer.concat([wrongLength(), text])],
    ['without an end mark', Buffer.concat([wrongLength().subarray(0, -1), Uint8Array.of(0x43), next])],
    ['when the payload is changed, too', Buffer.concat([wrongLength().fill(1, 50, 51), next])],
    ['for a zxid that was seen before', Buffer.concat([wrongLength(), next]), 5n],
    ['for padding', Buffer.alloc(5000)],
    ['for a body that is none', Buffer.concat([head(adler32(Buffer.alloc(40, 9)), 5), Buffer.alloc(40, 9), END, next])],
    ['for too few bytes', wrongLength().subarray(0, 20)],
  ])('%s', async (_name, bytes, after = 0n) => {
    expect(await prove(bytes, { after })).toBeUndefined()
  })

  test('for short records with two things wrong, however often it is tried', async () => {
    const random = seeded(7)
    const below = (n: number) => Math.floor(random() * n)
    for (let round = 0; round < 3000; round++) {
      const bytes = Buffer.concat([record(create(5n, `/${'x'.repeat(below(40))}`, 'B'.repeat(below(20)))), next])
      bytes.writeUInt32BE(below(300), 8)
      const at = 44 + below(40)
      bytes[at] = bytes[at]! ^ (1 + below(255))
      const proof = await prove(bytes)
      if (proof === undefined) continue
      // the length was right by chance, and the damage behind the payload
      expect(adler32(bytes.subarray(12, 12 + proof.length))).toBe(bytes.readUInt32BE(4))
      expect(at).toBeGreaterThanOrEqual(12 + proof.length)
    }
  })
})
