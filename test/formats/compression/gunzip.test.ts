import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync, gunzipSync, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { gunzip } from '../../../src/formats/compression/gunzip.ts'
import { FormatError } from '../../../src/formats/errors.ts'
import { FIXTURES, seeded } from '../../helpers/fixtures.ts'

const files = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /snapshot.*\.gz$/.test(name),
)

/** What comes out, and the error at its end. */
function unpack(packed: Uint8Array, piece = packed.length): { bytes: Buffer; error: FormatError | null } {
  const pieces: Uint8Array[] = []
  const unpacking = gunzip()
  let at = 0
  try {
    for (let step = unpacking.next(null); !step.done; ) {
      if (step.value !== null) pieces.push(step.value)
      const wanted = step.value === null && at < packed.length
      step = unpacking.next(wanted ? packed.subarray(at, (at += Math.max(1, piece))) : null)
    }
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError)
    return { bytes: Buffer.concat(pieces), error: error as FormatError }
  }
  return { bytes: Buffer.concat(pieces), error: null }
}

test.each(files)('%s unpacks as with zlib, in pieces of any size', (name) => {
  const packed = readFileSync(join(FIXTURES, name))
  for (const piece of [1, 7, 5000]) {
    const { bytes, error } = unpack(packed, piece)
    expect(error).toBeNull()
    expect(bytes.equals(gunzipSync(packed))).toBe(true)
  }
})

describe('what zlib packs', () => {
  const random = seeded(7)
  const noise = Buffer.from(Array.from({ length: 300_000 }, () => Math.floor(random() * 256)))
  const text = Buffer.from(Array.from({ length: 40_000 }, (_, i) => `/node-${i % 977} `).join(''))
  test.each([
    ['stored', noise, 0],
    ['noise', noise, 6],
    ['text', text, 9],
    ['text, fast', text, 1],
    ['zeros', Buffer.alloc(1_000_000), 6],
    ['nothing', Buffer.alloc(0), 6],
  ])('%s', (_name, bytes, level) => {
    const unpacked = unpack(gzipSync(bytes, { level }), 1000)
    expect(unpacked.error).toBeNull()
    expect(unpacked.bytes.equals(bytes)).toBe(true)
  })

  test('fixed codes', () => {
    const raw = deflateRawSync(text.subarray(0, 2000), { strategy: 4 })
    const member = gzipSync(text.subarray(0, 2000))
    const packed = Buffer.concat([member.subarray(0, 10), raw, member.subarray(-8)])
    expect(unpack(packed).bytes.equals(text.subarray(0, 2000))).toBe(true)
  })

  test('several members, and what is none behind them', () => {
    const packed = Buffer.concat([gzipSync('one '), gzipSync('two'), Buffer.from('rubbish')])
    expect(unpack(packed)).toEqual({ bytes: Buffer.from('one two'), error: null })
  })

  test('extra fields, a name, a comment and a checksum in the header', () => {
    const member = gzipSync('x')
    const fields = Buffer.from([0x1f, 0x8b, 8, 0x1c, 0, 0, 0, 0, 0, 3, 2, 0, 9, 9, 0x61, 0, 0x62, 0])
    expect(unpack(Buffer.concat([fields, member.subarray(10)])).bytes.toString()).toBe('x')
  })
})

describe('damage', () => {
  const packed = readFileSync(join(FIXTURES, files.find((name) => name.includes('3.9.5'))!))
  const whole = gunzipSync(packed)

  test('every truncation hands out what came before it', () => {
    for (let at = 0; at < packed.length; at += 7) {
      const { bytes, error } = unpack(packed.subarray(0, at))
      expect(error?.problem).toBe('short')
      expect(whole.subarray(0, bytes.length).equals(bytes)).toBe(true)
    }
    expect(unpack(packed.subarray(0, -1)).bytes.equals(whole)).toBe(true)
  })

  test('a wrong checksum is said behind the last byte', () => {
    const wrong = Buffer.from(packed)
    wrong[wrong.length - 6]! ^= 1
    const { bytes, error } = unpack(wrong)
    expect(error?.problem).toBe('value')
    expect(bytes.equals(whole)).toBe(true)
  })

  test('zlib and this agree on which damage is damage', () => {
    const random = seeded(3)
    for (let i = 0; i < 600; i++) {
      const damaged = Buffer.from(packed)
      damaged[10 + Math.floor(random() * (packed.length - 10))]! ^= 1 << Math.floor(random() * 8)
      const { bytes, error } = unpack(damaged)
      let expected: Buffer | undefined
      try {
        expected = gunzipSync(damaged)
      } catch {}
      expect(error === null).toBe(expected !== undefined)
      if (expected !== undefined) expect(bytes.equals(expected)).toBe(true)
    }
  })
})
