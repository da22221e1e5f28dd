import { deflateSync, gzipSync } from 'node:zlib'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodePayload } from '../../../src/formats/payload/decode.ts'
import type { Decoded } from '../../../src/formats/payload/types.ts'
import { schema } from '../../../src/schemas/log-dump.ts'

const validate = new Ajv2020({ allowUnionTypes: true }).compile({
  $schema: schema.$schema,
  $defs: schema.$defs,
  $ref: '#/$defs/decoded',
})

const text = (value: string) => Buffer.from(value)
const base64 = (value: string) => Buffer.from(value, 'base64')
const hex = (value: string) => Buffer.from(value.replaceAll(' ', ''), 'hex')

/** Everything that comes out keeps to the published schema and can be printed. */
function decode(bytes: Uint8Array, path = '/a'): Decoded {
  const decoded = decodePayload(text(path), bytes)
  expect(validate(decoded), JSON.stringify(validate.errors)).toBe(true)
  return decoded!
}

test('no data is nothing, empty data is empty text, a null path is no path', () => {
  expect(decodePayload(text('/a'), null)).toBeNull()
  expect(decode(Buffer.alloc(0))).toEqual({ kind: 'text', value: '' })
  expect(decodePayload(null, text('x'))).toEqual({ kind: 'text', value: 'x' })
})

describe('text and JSON', () => {
  test.each<[string, unknown]>([
    ['{"a":[1,true,null]}', { a: [1, true, null] }],
    [' \n[1]\n', [1]],
    ['{}', {}],
    ['{"__proto__":1}', JSON.parse('{"__proto__":1}')],
    // session ids and the like, which doubles would change
    [
      '{"id":72057594037927937,"n":[-9007199254740993,9007199254740991]}',
      { id: '72057594037927937', n: ['-9007199254740993', 9007199254740991] },
    ],
    [
      '{"72057594037927937":"72057594037927938","q":"\\"72057594037927939","\\\\":72057594037927940}',
      { '72057594037927937': '72057594037927938', q: '"72057594037927939', '\\': '72057594037927940' },
    ],
    ['[1e400,1.5e3,0.1234567890123456789]', ['1e400', 1500, 0.12345678901234568]],
  ])('JSON: %s', (json, value) => {
    expect(decode(text(json))).toEqual({ kind: 'json', value })
  })

  test.each([
    '5',
    'true',
    '"quoted"',
    '{"a":1',
    '{a:1}',
    '[1]x',
    '\ufeff{}',
    'two\nlines\r\n\t',
    '\u001b[31mred',
    'ü 日本語 🚀',
    'abcd',
    'abcdefgh',
  ])('text: %j', (value) => {
    expect(decode(text(value))).toEqual({ kind: 'text', value })
  })

  test.each(['a\0b', 'x\u0001', '\u007f', 'c1 \u0080'])('no text: %j', (value) => {
    expect(decode(text(value))).toEqual({ kind: 'binary' })
  })

  test('what is nested beyond all reason stays text', () => {
    for (const depth of [501, 1_000_000]) {
      const value = '['.repeat(depth) + ']'.repeat(depth)
      expect(decode(text(value))).toEqual({ kind: 'text', value })
    }
    expect(decode(text('['.repeat(500) + ']'.repeat(500))).kind).toBe('json')
    expect(decode(text(`["${'[\\"'.repeat(1000)}"]`)).kind).toBe('json')
  })

  test('a string of a million escapes and one of a million digits', () => {
    const long = JSON.stringify({ text: '"\n'.repeat(1_000_000), digits: '1'.repeat(1_000_000) })
    expect(decode(text(long))).toEqual({ kind: 'json', value: JSON.parse(long) })
  })
})

describe('integers', () => {
  test.each<[string, Decoded]>([
    ['00000005', { kind: 'int32', value: 5 }],
    ['ffffffff', { kind: 'int32', value: -1 }],
    ['0000000000000005', { kind: 'int64', value: 5 }],
    ['ffffffffffffffff', { kind: 'int64', value: -1 }],
    ['001fffffffffffff', { kind: 'int64', value: Number.MAX_SAFE_INTEGER }],
    ['0020000000000000', { kind: 'int64', value: '9007199254740992' }],
    ['8000000000000000', { kind: 'int64', value: '-9223372036854775808' }],
    ['0000019a7afd1e7b', { kind: 'int64', value: 1763000000123, time: '2025-11-13T02:13:20.123Z' }],
    ['0000000000ffff', { kind: 'binary' }],
    ['ffffff', { kind: 'binary' }],
  ])('%s', (bytes, expected) => {
    expect(decode(hex(bytes))).toEqual(expected)
  })
})

// written by the JDK
const JAVA: Readonly<Record<string, readonly [string, string | null]>> = {
  map: [
    'rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcAUH2sHDFmDRAwACRgAKbG9hZEZhY3RvckkACXRocmVzaG9sZHhwP0AAAAAAAAx3CAAAABAAAAAAeA==',
    'java.util.HashMap',
  ],
  string: ['rO0ABXQABWhlbGxv', 'java.lang.String'],
  'byte[]': ['rO0ABXVyAAJbQqzzF/gGCFTgAgAAeHAAAAACAQI=', '[B'],
  enum: [
    'rO0ABX5yAB1qYXZhLnV0aWwuY29uY3VycmVudC5UaW1lVW5pdAAAAAAAAAAAEgAAeHIADmphdmEubGFuZy5FbnVtAAAAAAAAAAASAAB4cHQAB1NFQ09ORFM=',
    'java.util.concurrent.TimeUnit',
  ],
  class: ['rO0ABXZyABBqYXZhLmxhbmcuU3RyaW5noPCkOHo7s0ICAAB4cA==', 'java.lang.String'],
  null: ['rO0ABXA=', null],
  'block data': ['rO0ABXcEAAAABw==', null],
  proxy: ['rO0ABXN9AAAAAQASamF2YS5sYW5nLlJ1bm5hYmxleHI=', null],
}

describe('Java objects', () => {
  test.each(Object.entries(JAVA))('%s', (_name, [bytes, name]) => {
    expect(decode(base64(bytes))).toEqual({ kind: 'java-serialized', class: name })
  })
  test('a class name that reaches behind the end, or is none', () => {
    expect(decode(hex('aced0005 73 72 0010 6a'))).toEqual({ kind: 'java-serialized', class: null })
    expect(decode(hex('aced0005 73 72 0001 00'))).toEqual({ kind: 'java-serialized', class: null })
    expect(decode(hex('aced0005 73 72'))).toEqual({ kind: 'java-serialized', class: null })
  })
  test('the magic alone is an integer', () => {
    expect(decode(hex('aced0005'))).toEqual({ kind: 'int32', value: -1393754107 })
  })
})

describe('HBase', () => {
  const frame = (id: string, rest: string) => {
    const length = Buffer.alloc(4)
    length.writeInt32BE(id.length + 8)
    return Buffer.concat([hex('ff'), length, text(id), hex('0102030405060708'), text(rest)])
  }
  test.each<[string, Buffer, Decoded]>([
    [
      'framed',
      frame('regionserver:16020', 'PBUF\n\u0005hello'),
      { kind: 'protobuf', magic: 'PBUF', writer: 'regionserver:16020' },
    ],
    ['bare', text('PBUF\n\u0003abc'), { kind: 'protobuf', magic: 'PBUF', writer: null }],
    ['an empty message', text('PBUF'), { kind: 'protobuf', magic: 'PBUF', writer: null }],
    ['an id that is salt only', frame('', 'PBUF'), { kind: 'protobuf', magic: 'PBUF', writer: '' }],
    ['an id that is no text', frame('\u0001', 'PBUF'), { kind: 'protobuf', magic: 'PBUF', writer: null }],
    ['a frame around something else', frame('x', 'what'), { kind: 'binary' }],
    ['a length behind the end', hex('ff 7fffffff 50425546'), { kind: 'binary' }],
    ['a negative length', hex('ff ffffffff 50425546'), { kind: 'binary' }],
    ['cut in the magic', frame('x', 'PBU'), { kind: 'binary' }],
  ])('%s', (_name, bytes, expected) => {
    expect(decode(bytes)).toEqual(expected)
  })
})

describe('packed', () => {
  const json = '{"name":"snappy","list":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}'
  const inner: Decoded = { kind: 'json', value: JSON.parse(json) }
  // written by snappy-java 1.1.10
  const SNAPPY_BLOCK = 'Pmh7Im5hbWUiOiJzbmFwcHkiLCJsaXN0IjpbMSyCAgAEXX0='
  const SNAPPY_STREAM = 'glNOQVBQWQAAAAABAAAAAQAAACM+aHsibmFtZSI6InNuYXBweSIsImxpc3QiOlsxLIICAARdfQ=='

  test.each<[string, Buffer, Decoded]>([
    ['gzip', gzipSync(json), { kind: 'gzip', bytes: 62, value: inner }],
    ['gzip of nothing', gzipSync(''), { kind: 'gzip', bytes: 0, value: { kind: 'text', value: '' } }],
    [
      'gzip in two members',
      Buffer.concat([gzipSync('a'), gzipSync('b')]),
      { kind: 'gzip', bytes: 2, value: { kind: 'text', value: 'ab' } },
    ],
    ['zlib', deflateSync(json), { kind: 'zlib', bytes: 62, value: inner }],
    ['a snappy block', base64(SNAPPY_BLOCK), { kind: 'snappy', bytes: 62, value: inner }],
    [
      'a snappy block of 6 bytes',
      hex('04 0c 61626364'),
      { kind: 'snappy', bytes: 4, value: { kind: 'text', value: 'abcd' } },
    ],
    ['a snappy stream', base64(SNAPPY_STREAM), { kind: 'snappy', bytes: 62, value: inner }],
    [
      'a Java object in gzip',
      gzipSync(base64(JAVA.string![0])),
      { kind: 'gzip', bytes: 12, value: { kind: 'java-serialized', class: 'java.lang.String' } },
    ],
    ['an integer in gzip', gzipSync(hex('00000007')), { kind: 'gzip', bytes: 4, value: { kind: 'int32', value: 7 } }],
    [
      'snappy in gzip',
      gzipSync(base64(SNAPPY_BLOCK)),
      { kind: 'gzip', bytes: 35, value: { kind: 'snappy', bytes: 62, value: inner } },
    ],
    [
      'gzip three times',
      gzipSync(gzipSync(gzipSync('x'))),
      {
        kind: 'gzip',
        bytes: expect.any(Number) as number,
        value: { kind: 'gzip', bytes: gzipSync('x').length, value: { kind: 'binary' } },
      },
    ],
  ])('%s', (_name, bytes, expected) => {
    expect(decode(bytes)).toEqual(expected)
  })

  test.each<[string, Buffer]>([
    ['gzip, cut', gzipSync(json).subarray(0, 30)],
    ['gzip, header only', hex('1f8b08')],
    ['gzip, a wrong checksum', Buffer.concat([gzipSync(json).subarray(0, -8), Buffer.alloc(8)])],
    ['a snappy stream, cut', base64(SNAPPY_STREAM).subarray(0, 30)],
    ['a snappy stream, flipped', base64(SNAPPY_STREAM).fill(0xff, 20, 22)],
    ['a snappy stream that claims 2 GB', Buffer.concat([base64(SNAPPY_STREAM).subarray(0, 16), hex('7fffffff')])],
    [
      'a snappy stream whose block claims 2 GB',
      Buffer.concat([base64(SNAPPY_STREAM).subarray(0, 16), hex('00000006 ffffffff0700')]),
    ],
  ])('damaged, with a magic: %s', (_name, bytes) => {
    const before = process.memoryUsage().arrayBuffers
    expect(decode(bytes)).toEqual({
      kind: bytes[0] === 0x1f ? 'gzip' : 'snappy',
      error: expect.stringMatching(/\w+ \w+/),
    })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 << 20)
  })

  test.each<[string, Buffer]>([
    ['zlib, cut', deflateSync(json).subarray(0, -1)],
    ['zlib, a wrong checksum', Buffer.concat([deflateSync(json).subarray(0, -4), Buffer.alloc(4)])],
    ['zlib with something behind', Buffer.concat([deflateSync(json), hex('00')])],
    ['a snappy block, cut', base64(SNAPPY_BLOCK).subarray(0, -1)],
    ['a snappy block with something behind', Buffer.concat([base64(SNAPPY_BLOCK), hex('00 41')])],
    ['a snappy block that claims 2 GB', hex('ffffffff 07 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00')],
    ['a snappy block of something binary', hex('06 14 000102030405')],
    ['a snappy block that is too short to tell', hex('03 08 616263')],
  ])('damaged, without a magic: %s', (_name, bytes) => {
    expect(['binary', 'int64']).toContain(decode(bytes).kind)
  })

  test('of a large whole the first 16 MiB, in whole characters', () => {
    const large = Buffer.from('ä'.repeat(9 << 20))
    // a copy of 64 bytes, 2 bytes back, over and over; 20 MiB are announced
    const block = Buffer.concat([
      hex('8080800a'),
      hex('04 c3a4'),
      Buffer.alloc(327_679 * 3, hex('fe 0200')),
      hex('f6 0200'),
    ])
    for (const [kind, bytes] of [
      ['gzip', gzipSync(large)],
      ['zlib', deflateSync(large)],
      ['snappy', block],
    ] as const) {
      const decoded = decode(bytes) as { bytes: number; value: { value: string } }
      expect(decoded).toMatchObject({ kind, truncated: true, value: { kind: 'text' } })
      expect(decoded.bytes).toBeLessThanOrEqual(16 << 20)
      expect(decoded.bytes).toBeGreaterThan(15 << 20)
      expect(Buffer.byteLength(decoded.value.value)).toBe(decoded.bytes)
      expect(decoded.value.value).toMatch(/^ä+$/)
    }
  })
})

describe('/zookeeper/config', () => {
  const member = (id: number, host: string, more: object = {}) => ({
    id,
    host,
    quorumPort: 2888,
    electionPort: 3888,
    role: 'participant',
    clientAddress: '0.0.0.0',
    clientPort: 2181,
    ...more,
  })
  // as QuorumMaj and QuorumHierarchical of 3.9.5 print them
  test.each<[string, string, object[], string | null]>([
    [
      'names, IPv6, several addresses, no client part',
      'server.1=h1:2888:3888:participant;0.0.0.0:2181\nserver.2=[2001:db8:0:0:0:0:0:1]:2888:3888:observer;[0:0:0:0:0:0:0:0]:2182\nserver.3=h3:2888:3888:participant\nserver.4=a4:2888:3888|b4:2889:3889:observer;127.0.0.1:2184\nversion=100000000',
      [
        member(1, 'h1'),
        member(2, '2001:db8:0:0:0:0:0:1', { role: 'observer', clientAddress: '0:0:0:0:0:0:0:0', clientPort: 2182 }),
        member(3, 'h3', { clientAddress: null, clientPort: null }),
        member(4, 'a4', {
          role: 'observer',
          clientAddress: '127.0.0.1',
          clientPort: 2184,
          addresses: [
            { host: 'a4', quorumPort: 2888, electionPort: 3888 },
            { host: 'b4', quorumPort: 2889, electionPort: 3889 },
          ],
        }),
      ],
      '0x100000000',
    ],
    [
      'groups',
      'server.1=h1:2888:3888:participant;0.0.0.0:2181\nserver.2=h2:2888:3888:participant;0.0.0.0:2181\nserver.3=h3:2888:3888:observer\ngroup.1=1\ngroup.2=2\nweight.1=2\nversion=5',
      [
        member(1, 'h1', { group: 1, weight: 2 }),
        member(2, 'h2', { group: 2, weight: 1 }),
        member(3, 'h3', { role: 'observer', clientAddress: null, clientPort: null }),
      ],
      '0x5',
    ],
    ['no role, a client port only, no version', 'server.7=h:2888:3888;2181\r\n', [member(7, 'h')], null],
  ])('%s', (_name, config, members, version) => {
    expect(decode(text(config), '/zookeeper/config')).toEqual({ kind: 'zookeeper-config', members, version })
  })

  test.each([
    'version=5',
    'server.1=h1:2888',
    'server.1=h1:2888:3888:boss',
    'server.1=h1:2888:3888;2181;2281',
    'server.1=h1:2888:3888;port',
    'server.1=h1:2888:3888\nversion=xyz',
    'server.1=h1:2888:3888\nclientPort=2181',
    'server.x=h1:2888:3888',
    'server.1=h1:2888:3888\ngroup.1=a',
    'anything',
  ])('text that is none: %j', (value) => {
    expect(decode(text(value), '/zookeeper/config')).toEqual({ kind: 'text', value })
  })
  test('elsewhere it is text', () => {
    expect(decode(text('server.1=h:1:2;3'), '/zookeeper/config/x').kind).toBe('text')
  })
})

describe('quotas', () => {
  const limits = (value: string) => decode(text(value), '/zookeeper/quota/app/queue/zookeeper_limits')
  // as StatsTrack of 3.4.14 and 3.9.5 prints them
  test.each<[string, Record<string, number | string>]>([
    ['count=100,bytes=100000', { count: 100, bytes: 100000 }],
    [
      'count=1,bytes=2=;byteHardLimit=77;countHardLimit=78',
      { count: 1, bytes: 2, byteHardLimit: 77, countHardLimit: 78 },
    ],
    ['count=-1,bytes=-1=;countHardLimit=7', { count: -1, bytes: -1, countHardLimit: 7 }],
    ['count=9223372036854775807,bytes=-1', { count: '9223372036854775807', bytes: -1 }],
  ])('%s', (value, values) => {
    expect(limits(value)).toEqual({ kind: 'quota', limits: values })
    expect(decode(text(value), '/zookeeper/quota/zookeeper_stats')).toEqual({ kind: 'quota', usage: values })
  })
  test.each(['', 'count=', 'count=x,bytes=1', 'count', '=5', 'count=1,bytes=2,', 'count=1 bytes=2'])(
    'text that is none: %j',
    (value) => {
      expect(limits(value)).toEqual({ kind: 'text', value })
    },
  )
  test('elsewhere it is text', () => {
    for (const path of ['/app/zookeeper_limits', '/zookeeper/quota/app', '/zookeeper/quota/zookeeper_limits/x']) {
      expect(decode(text('count=1,bytes=2'), path).kind).toBe('text')
    }
  })
})

describe('any bytes at all', () => {
  const paths = fc.constantFrom('/a', '/zookeeper/config', '/zookeeper/quota/a/zookeeper_limits')
  const starts = fc.constantFrom(
    '',
    '1f8b08',
    '1f8b0800',
    '789c',
    '82534e4150505900000000010000000100',
    'aced0005',
    'ff0000',
    '50425546',
    '7b22',
    '04',
  )
  const holds = (bytes: Uint8Array, path: string) => {
    // the schema, and printable again
    expect(JSON.parse(JSON.stringify(decode(bytes, path)))).toHaveProperty('kind')
  }

  test('random ones, behind every magic', () => {
    fc.assert(
      fc.property(paths, starts, fc.uint8Array({ maxLength: 200 }), (path, start, bytes) =>
        holds(Buffer.concat([hex(start), bytes]), path),
      ),
      { numRuns: 5000, seed: 5 },
    )
  })

  test('random texts and JSON', () => {
    fc.assert(
      fc.property(paths, fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (path, value) => holds(text(value), path)),
      { numRuns: 3000, seed: 6 },
    )
  })

  test('every truncation and every flipped byte of each kind', () => {
    const json = text('{"a":"some text, some text, some text","id":72057594037927937}')
    const samples = [
      gzipSync(json),
      deflateSync(json),
      gzipSync(deflateSync(json)),
      json,
      ...Object.values(JAVA).map(([bytes]) => base64(bytes)),
      base64('Pmh7Im5hbWUiOiJzbmFwcHkiLCJsaXN0IjpbMSyCAgAEXX0='),
      base64('glNOQVBQWQAAAAABAAAAAQAAACM+aHsibmFtZSI6InNuYXBweSIsImxpc3QiOlsxLIICAARdfQ=='),
      text('server.1=h1:2888:3888:participant;0.0.0.0:2181\nversion=100000000'),
      text('count=1,bytes=2=;byteHardLimit=77'),
    ]
    for (const sample of samples) {
      for (let at = 0; at < sample.length; at++) {
        const flipped = Buffer.from(sample)
        flipped[at] = flipped[at]! ^ 0x91
        for (const path of ['/a', '/zookeeper/config', '/zookeeper/quota/zookeeper_stats']) {
          holds(flipped, path)
          holds(sample.subarray(0, at), path)
        }
      }
    }
  })
})
