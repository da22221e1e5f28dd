import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FormatError } from '../../../src/formats/errors.ts'
import { type JuteReader, juteReader } from '../../../src/formats/jute/reader.ts'
import { juteWriter } from '../../../src/formats/jute/writer.ts'

type Field =
  | { kind: 'boolean'; value: boolean }
  | { kind: 'int'; value: number }
  | { kind: 'long'; value: bigint }
  | { kind: 'buffer'; value: Uint8Array | null }

const field: fc.Arbitrary<Field> = fc.oneof(
  fc.record({ kind: fc.constant('boolean' as const), value: fc.boolean() }),
  fc.record({ kind: fc.constant('int' as const), value: fc.integer() }),
  fc.record({ kind: fc.constant('long' as const), value: fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }) }),
  fc.record({ kind: fc.constant('buffer' as const), value: fc.option(fc.uint8Array({ maxLength: 600 })) }),
)

test('what is written is read back, and nothing is left', () => {
  fc.assert(
    fc.property(fc.array(field, { maxLength: 30 }), (fields) => {
      const writer = juteWriter()
      for (const { kind, value } of fields) (writer[kind] as (value: unknown) => void)(value)
      const reader = juteReader(writer.result())
      for (const { kind, value } of fields) expect(reader[kind]()).toEqual(value)
      expect(reader.remaining).toBe(0)
    }),
    { numRuns: 300, seed: 5 },
  )
})

test('the bytes are those of BinaryOutputArchive', () => {
  const writer = juteWriter()
  writer.boolean(true)
  writer.int(-2)
  writer.long(0x0102030405060708n)
  writer.buffer(null)
  writer.buffer(new Uint8Array())
  writer.buffer(Uint8Array.of(0x2f))
  writer.count(null)
  writer.count(3)
  expect(Buffer.from(writer.result()).toString('hex')).toBe(
    '01fffffffe0102030405060708ffffffff00000000000000012fffffffff00000003',
  )
})

describe('rejected', () => {
  const reading = (hex: string, read: (reader: JuteReader) => unknown) => () =>
    read(juteReader(Buffer.from(hex, 'hex')))
  test.each<[string, string, (reader: JuteReader) => unknown, object]>([
    ['an int of three bytes', '000000', (r) => r.int(), { problem: 'short', offset: 0 }],
    ['a long of seven', '00000000000000', (r) => r.long(), { problem: 'short' }],
    ['no boolean', '', (r) => r.boolean(), { problem: 'short' }],
    ['a buffer longer than what is left', '000000050102', (r) => r.buffer(), { problem: 'short', offset: 4 }],
    ['a buffer of two billion', '7fffffff00', (r) => r.buffer(), { problem: 'short' }],
    ['a negative length', 'fffffffe', (r) => r.buffer(), { problem: 'length', offset: 0 }],
    ['a vector of more than can be there', '7fffffff00000000', (r) => r.count(), { problem: 'short' }],
  ])('%s', (_case, hex, read, error) => {
    expect(reading(hex, read)).toThrow(FormatError)
    expect(reading(hex, read)).toThrow(expect.objectContaining(error))
  })
  test('other negative counts are empty lists, as for the server', () => {
    expect(juteReader(Buffer.from('fffffff0', 'hex')).count()).toBe(0)
  })
})
