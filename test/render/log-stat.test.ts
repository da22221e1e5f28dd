import { expect, test } from 'vitest'
import type { StatLogResult } from '../../src/operations/log-stat/result.ts'
import { bar, columns, countText, sizeText, sparkline } from '../../src/render/amounts.ts'
import { statText } from '../../src/render/log-stat.ts'
import { createStyle } from '../../src/render/style.ts'

const ascii = createStyle({ color: false, unicode: false })
const unicode = createStyle({ color: false, unicode: true })

test.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [1_234_567, '1,234,567'],
  [1234.5678, '1,234.5678'],
])('the count %d is %s', (count, text) => expect(countText(count)).toBe(text))

test.each([
  [0, '0 B'],
  [1023, '1,023 B'],
  [1024, '1.0 KiB'],
  [1_000_000, '976.6 KiB'],
  [5 * 2 ** 40, '5.0 TiB'],
  [5 * 2 ** 52, '20480.0 TiB'],
])('the size %d is %s', (bytes, text) => expect(sizeText(bytes)).toBe(text))

test('bars: nothing for nothing, something for anything, never too wide', () => {
  expect([bar(0, 10, 8, unicode), bar(5, 0, 8, unicode)]).toEqual(['', ''])
  expect([bar(1, 1e9, 8, unicode), bar(1, 1e9, 8, ascii)]).toEqual(['▏', '#'])
  expect([bar(10, 10, 8, unicode), bar(10, 10, 8, ascii)]).toEqual(['████████', '########'])
  expect(bar(5, 16, 4, unicode)).toBe('█▎')
})

test('sparklines: a blank for nothing, the lowest mark for anything', () => {
  expect(sparkline([0, 1, 500, 1000], unicode)).toBe(' ▁▄█')
  expect(sparkline([0, 1, 500, 1000], ascii)).toBe(' .=@')
  expect(sparkline([], unicode)).toBe('')
})

test('columns', () => {
  expect(columns([])).toEqual([])
  expect(columns(Array.from({ length: 300_000 }, (_, i) => [`${i}`, 'x']))).toHaveLength(300_000)
  expect(
    columns(
      [
        ['a', '1', 'x'],
        ['bcd', '100', ''],
      ],
      [1],
    ),
  ).toEqual(['a      1  x', 'bcd  100'])
})

const RESULT: StatLogResult = {
  txns: 1_000_000,
  bytes: 300_000_000,
  fromZxid: 1n,
  toZxid: 0x100000005n,
  firstTime: '2026-01-01T00:00:00.123Z',
  lastTime: null,
  byType: [{ type: 'setData', count: 1_000_000, bytes: 300_000_000 }],
  byOp: [],
  depth: 1,
  byPrefix: [{ prefix: '/a', count: 1_000_000, bytes: 300_000_000 }],
  paths: [
    { path: '/a/1', count: 5000, bytes: 1_500_000 },
    { path: '/a/\u202e2', count: 70, bytes: 21_000, maxMissed: 12 },
  ],
  sessions: [{ session: -1n, count: 1_000_000, bytes: 300_000_000 }],
  errors: [],
  failedOps: Array.from({ length: 12 }, (_, i) => ({ code: -100 - i, name: null, count: 1000 * i })),
  largest: [],
  rates: {
    mean: 12.346,
    peakSecond: { time: '2026-01-01T00:00:07.000Z', txns: 40 },
    peakMinute: { time: '2026-01-01T00:01:00.000Z', txns: 900 },
    bucketSeconds: 7200,
    buckets: Array.from({ length: 17 }, (_, i) => ({
      time: new Date(1_767_225_600_000 + i * 7_200_000).toISOString(),
      txns: i * i,
      bytes: i,
    })),
    outside: 1234,
  },
  distinct: { paths: null, prefixes: 1, sessions: 1 },
  maxMissed: { paths: 12, prefixes: 0, sessions: 0 },
  exact: false,
  files: Array.from({ length: 10 }, (_, i) => ({
    file: `version-2/log.${i}`,
    txns: 100_000,
    bytes: 67_108_880,
    usedBytes: 30_000_000 + i,
    apparentBytes: 67_108_880,
    allocatedBytes: i === 9 ? null : 31_000_000,
  })),
  amplification: { dataBytes: 150_000_000, recordsPerData: 2, allocatedPerUsed: 1.033 },
  findings: [
    { code: 'log.torn-tail', severity: 'info', message: 'the last record is incomplete', file: 'version-2/log.9' },
  ],
  readable: true,
}

test('estimates, holes and many files', () => {
  expect(statText(RESULT, unicode)).toMatchInlineSnapshot(`
    "1,000,000 transactions, 286.1 MiB, logs: 10
    0x1 to 0x100000005, 2026-01-01 00:00:00 to (no time) UTC

    RATE
      12 a second on average, at most 40 in the second 2026-01-01 00:00:07
      and 900 in the minute 2026-01-01 00:01
       ▁▁▁▁▁▂▂▂▃▄▄▅▆▇██  (2 h each)
      2026-01-01 00:00:00    5  ▎
      2026-01-01 06:00:00   50  ██▍
      2026-01-01 12:00:00  149  ███████
      2026-01-01 18:00:00  302  ██████████████▎
      2026-01-02 00:00:00  509  ████████████████████████
      2026-01-02 06:00:00  481  ██████████████████████▋
      1,234 lie far outside of this or have no time

    TYPES
      setData  1,000,000  100.0 %  286.1 MiB  ████████████████████████

    ERRORS
      inside multi: unknown -100: 0, unknown -101: 1,000, unknown -102: 2,000,
                    unknown -103: 3,000, unknown -104: 4,000, unknown -105: 5,000,
                    unknown -106: 6,000, unknown -107: 7,000, unknown -108: 8,000,
                    unknown -109: 9,000, unknown -110: 10,000, unknown -111: 11,000

    PREFIXES (depth 1)
      1,000,000  286.1 MiB  /a

    PATHS (top 2)
      5,000        1.4 MiB  /a/1
         70  +12  20.5 KiB  /a/\\u202e2

    SESSIONS
      1,000,000  286.1 MiB  0xffffffffffffffff

    FILES
         txns      used      size   on disk  file
      100,000  28.6 MiB  64.0 MiB  29.6 MiB  version-2/log.2
      100,000  28.6 MiB  64.0 MiB  29.6 MiB  version-2/log.3
      100,000  28.6 MiB  64.0 MiB  29.6 MiB  version-2/log.4
      100,000  28.6 MiB  64.0 MiB  29.6 MiB  version-2/log.5
      100,000  28.6 MiB  64.0 MiB  29.6 MiB  version-2/log.6
      100,000  28.6 MiB  64.0 MiB  29.6 MiB  version-2/log.7
      100,000  28.6 MiB  64.0 MiB  29.6 MiB  version-2/log.8
      100,000  28.6 MiB  64.0 MiB         -  version-2/log.9
      and 2 smaller ones

    Amplification: 2 B of records per B of data, 1.033 B on disk per B used.
    Estimates: +n is the most that was missed; what was not held has at most 12.
    --exact counts everything.
    info log.torn-tail: the last record is incomplete (version-2/log.9)
    "
  `)
})
