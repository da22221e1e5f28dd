import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { adler32 } from '../../../src/formats/checksum/adler32.ts'
import { decodeSnappyBlock, snappyDecoder } from '../../../src/formats/compression/snappy.ts'
import { FormatError } from '../../../src/formats/errors.ts'
import { FIXTURES } from '../../helpers/fixtures.ts'

const files = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.snappy'))

const unpack = (bytes: Uint8Array, piece: number): Buffer => {
  const decoder = snappyDecoder()
  const blocks: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += piece) blocks.push(...decoder.push(bytes.subarray(at, at + piece)))
  decoder.end()
  return Buffer.concat(blocks)
}

test('there are files of real servers', () => expect(files.length).toBeGreaterThanOrEqual(12))

test.each(files)('%s unpacks to a snapshot whose seal fits, in pieces of any size', (name) => {
  const packed = readFileSync(join(FIXTURES, name))
  const bytes = unpack(packed, packed.length)
  expect(bytes.subarray(0, 4).toString()).toBe('ZKSN')
  // the last seal: Adler-32 of all before it, then "/"
  expect(bytes.subarray(-5).toString('hex')).toBe('000000012f')
  expect(adler32(bytes.subarray(0, -13))).toBe(Number(bytes.readBigUInt64BE(bytes.length - 13)))
  for (const piece of [1, 7, 100]) expect(unpack(packed, piece).equals(bytes)).toBe(true)
})

describe('bad input', () => {
  const real = readFileSync(join(FIXTURES, files[0]!))
  test('every truncation and every flipped byte is a result or a typed error', () => {
    for (let at = 0; at < real.length; at++) {
      const flipped = Buffer.from(real)
      flipped[at] = flipped[at]! ^ 0x41
      for (const bytes of [real.subarray(0, at), flipped]) {
        try {
          unpack(bytes, 50)
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError)
        }
      }
    }
  })
  test('random blocks never make more than they say', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        try {
          expect(decodeSnappyBlock(bytes).length).toBeLessThanOrEqual(bytes.length * 64)
        } catch (error) {
          expect(error).toBeInstanceOf(FormatError)
        }
      }),
      { numRuns: 3000, seed: 9 },
    )
  })
  test('a block that claims two gigabytes allocates nothing', () => {
    const claim = Buffer.from([...real.subarray(0, 16), 0x7f, 0xff, 0xff, 0xff])
    expect(() => unpack(claim, 100)).toThrow(/cannot be/)
    expect(() => decodeSnappyBlock(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x07, 0))).toThrow(FormatError)
  })
})
