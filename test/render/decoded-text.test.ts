import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodePayload } from '../../src/formats/payload/decode.ts'
import type { Decoded } from '../../src/formats/payload/types.ts'
import { decodedText } from '../../src/render/decoded-text.ts'

const text = (value: string) => Buffer.from(value)

test.each<[string, Buffer, string, string | null]>([
  ['/a', text('{"a": "\\u202e"}'), '{"a":"…', null],
  ['/a', text('a\tb'), '"a\\tb"', null],
  ['/a', gzipSync(gzipSync('abc')), 'gzip of gzip of "abc" 3 B, 23 B,', null],
  ['/a', gzipSync(Uint8Array.of(0, 1, 255)), 'gzip of binary 3 B,', null],
  ['/a', Buffer.from('0000019a7b0cfa7b', 'hex'), 'int64 1763001039483 (2025-11-13T02:30:39.483Z)', null],
  ['/a', Buffer.from('rO0ABXcEAAAABw==', 'base64'), 'java object…', null],
  ['/a', text('PBUF'), 'protobuf', null],
  [
    '/zookeeper/config',
    text('server.1=[::1]:1:2;3\nversion=1f'),
    'config 0x1f: 1=[::1…',
    'config 0x1f: 1=[::1]:1:2:participant;3',
  ],
  ['/zookeeper/quota/zookeeper_limits', text('count=1,bytes=2'), 'quota count …', 'quota count 1, bytes 2'],
])('%s %j', (path, bytes, narrow, wide) => {
  const decoded = decodePayload(text(path), bytes)!
  expect(decodedText(decoded, 7)).toBe(narrow)
  if (wide !== null) expect(decodedText(decoded, 100)).toBe(wide)
})

test('raw data says as much as binary', () => {
  expect(decodedText({ kind: 'binary' }, 40)).toBeNull()
})

test('never a raw control character, never much wider than data may be', () => {
  const decoded = fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => decodePayload(text('/a'), gzipSync(bytes))!),
    fc.string({ unit: 'binary' }).map((value): Decoded => ({ kind: 'text', value })),
    fc.string({ unit: 'binary' }).map((value): Decoded => ({ kind: 'java-serialized', class: value })),
    fc.string({ unit: 'binary' }).map((value) => ({ kind: 'program' as const, error: value })),
    fc
      .anything()
      .map((value) => ({ kind: 'program' as const, value: JSON.parse(JSON.stringify(value) ?? 'null') as unknown })),
  )
  fc.assert(
    fc.property(decoded, fc.integer({ min: 1, max: 60 }), (one, width) => {
      const line = decodedText(one, width) ?? ''
      expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
      expect(line.length).toBeLessThan(width + 50)
    }),
    { numRuns: 2000, seed: 3 },
  )
})
