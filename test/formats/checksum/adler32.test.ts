import fc from 'fast-check'
import { expect, test } from 'vitest'
import { adler32 } from '../../../src/formats/checksum/adler32.ts'
import { slowAdler32 } from '../../helpers/slow-adler32.ts'

test('known values', () => {
  expect(adler32(new Uint8Array())).toBe(1)
  expect(adler32(Buffer.from('Wikipedia'))).toBe(0x11e60398)
})

test('equals the definition, for any bytes, lengths and starts', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 9000 }), fc.nat(0xfff0), fc.nat(0xfff0), (bytes, a, b) => {
      const start = b * 65536 + a
      expect(adler32(bytes, start)).toBe(slowAdler32(bytes, start))
    }),
    { numRuns: 200, seed: 1 },
  )
})

test.each([3799, 3800, 3801, 5552, 70_000])('%i bytes of 0xff do not overflow', (length) => {
  const bytes = new Uint8Array(length).fill(255)
  expect(adler32(bytes, 0xfff0fff0)).toBe(slowAdler32(bytes, 0xfff0fff0))
})

test('a part of the bytes', () => {
  const bytes = Buffer.from('xxWikipediaxx')
  expect(adler32(bytes, 1, 2, 11)).toBe(0x11e60398)
})
