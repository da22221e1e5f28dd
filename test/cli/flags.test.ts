import { describe, expect, test } from 'vitest'
import { parseDurationMs, parseId64, parseMoment } from '../../src/cli/flags.ts'
import { parseSizeBytes } from '../../src/support/size.ts'

const NOW = Date.UTC(2026, 10, 24, 12, 0, 0)

describe('accepted', () => {
  test.each([
    ['0x100000001', 0x100000001n],
    ['0XAB', 0xabn],
    ['17', 17n],
    ['0xffffffffffffffff', 0xffffffffffffffffn],
  ])('zxid %s', (text, value) => expect(parseId64(text)).toBe(value))

  test.each([
    ['500ms', 500],
    ['5s', 5000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
  ])('duration %s', (text, value) => expect(parseDurationMs(text)).toBe(value))

  test.each([
    ['2026-11-22T10:00:00Z', '2026-11-22T10:00:00.000Z'],
    ['2026-11-22T10:00:00.123Z', '2026-11-22T10:00:00.123Z'],
    ['2026-11-22T10:00', '2026-11-22T10:00:00.000Z'],
    ['2026-11-22 10:00:00', '2026-11-22T10:00:00.000Z'],
    ['2026-11-22', '2026-11-22T00:00:00.000Z'],
    ['2026-11-22T10:00:00+02:00', '2026-11-22T08:00:00.000Z'],
    ['2h', '2026-11-24T10:00:00.000Z'],
    ['7d', '2026-11-17T12:00:00.000Z'],
  ])('time %s', (text, iso) => expect(parseMoment(text, NOW).toISOString()).toBe(iso))

  test.each([
    ['1048575', 1048575],
    ['4KiB', 4096],
    ['8GiB', 8 * 2 ** 30],
    ['1.5MB', 1_500_000],
  ])('size %s', (text, bytes) => expect(parseSizeBytes(text)).toBe(bytes))
})

describe('rejected', () => {
  test.each(['', '0x', '0x1ffffffffffffffff', '18446744073709551616', 'abc', '-1', '1.5', '0x12g'])('zxid %j', (text) =>
    expect(() => parseId64(text)).toThrow(/zxid|64 bits/),
  )
  test('a zxid that looks like a file name says how to write it', () => {
    expect(() => parseId64('1a')).toThrow(expect.objectContaining({ hint: expect.stringContaining('0x1a') }))
  })
  test.each(['', '5', '5 s', 's', '-5s', '5w'])('duration %j', (text) =>
    expect(() => parseDurationMs(text)).toThrow(/duration/),
  )
  test.each(['', 'yesterday', '2026-13-01', '2026-11-22T25:00', '22.11.2026', '1700000000'])('time %j', (text) =>
    expect(() => parseMoment(text, NOW)).toThrow(/time/),
  )
  test.each(['', '-1', '4 KiB', '4kb', '1e9', 'GiB'])('size %j', (text) =>
    expect(() => parseSizeBytes(text)).toThrow(/size/),
  )
})
