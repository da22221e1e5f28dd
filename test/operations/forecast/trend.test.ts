import { expect, test } from 'vitest'
import { forecastOf } from '../../../src/operations/forecast/forecast.ts'
import { snapshotBytes, syncMs, treeHeapBytes } from '../../../src/operations/forecast/needs.ts'
import { trendOf, writtenSince } from '../../../src/operations/forecast/trend.ts'

const DAY = 86_400_000
const points = (...values: readonly number[]) => values.map((value, i) => ({ atMs: i * DAY, value }))

test('a line through the points, and how sure it is', () => {
  expect(trendOf([])).toBeNull()
  expect(trendOf(points(5))).toBeNull()
  expect(trendOf([...points(5), { atMs: 999, value: 9 }])).toBeNull()
  expect(trendOf(points(0, 10, 20, 30))).toMatchObject({ perDay: 10, confidence: 'high' })
  expect(trendOf(points(0, 10))).toMatchObject({ perDay: 10, confidence: 'medium' })
  expect(trendOf(points(7, 7, 7))).toMatchObject({ perDay: 0, confidence: 'high' })
  expect(trendOf(points(30, 20, 10))).toMatchObject({ perDay: -10 })
  // up and down: a line says little
  expect(trendOf(points(0, 50, 0, 50, 0, 60))?.confidence).toBe('low')
  expect(
    trendOf([
      { atMs: 0, value: 0 },
      { atMs: 10_000, value: 1 },
    ]),
  ).toMatchObject({ perDay: 8640, confidence: 'low' })
})

test('what was written goes on over elections', () => {
  const at = (atMs: number, epoch: bigint, counter: bigint) => ({ atMs, zxid: (epoch << 32n) | counter })
  const written = writtenSince([at(3, 2n, 10n), at(1, 1n, 100n), at(2, 1n, 150n), at(4, 2n, 30n)])
  expect(written.map(({ value }) => value)).toEqual([0, 50, 60, 80])
})

test('a rate of seconds is a warning at most; an end that has come is critical', () => {
  const days = { warn: 30, critical: 7 }
  const given = (value: number, confidence: 'low' | 'high', perDay = 10) =>
    forecastOf({ what: 'disk', value, limit: 100, trend: { perDay, spanMs: 1, points: 2, confidence } }, days, 0)
  expect(given(90, 'high')).toMatchObject({ daysLeft: 1, severity: 'critical', endsAt: new Date(DAY).toISOString() })
  expect(given(90, 'low')).toMatchObject({ severity: 'warning' })
  expect(given(0, 'low')).toMatchObject({ daysLeft: 10, severity: 'ok' })
  expect(given(0, 'high')).toMatchObject({ severity: 'warning' })
  expect(given(100, 'low', 0)).toMatchObject({ daysLeft: 0, severity: 'critical' })
  expect(given(50, 'high', -1)).toMatchObject({ daysLeft: null, endsAt: null, severity: 'ok' })
  expect(given(50, 'high', 1e-9)).toMatchObject({ daysLeft: null })
})

test('the worked example: 2.8 million znodes of 260 bytes need about 30 s and 1.6 GiB', () => {
  const [znodes, dataBytes] = [2_800_000, 2_800_000 * 260]
  const bytes = snapshotBytes(dataBytes, znodes)
  expect(bytes / 1e9).toBeCloseTo(0.94, 2)
  expect(syncMs(bytes, znodes) / 1000).toBeCloseTo(28.6, 0)
  expect(treeHeapBytes({ dataBytes, znodes, ephemerals: 0, watches: 0 }) / 2 ** 30).toBeCloseTo(1.59, 2)
})
