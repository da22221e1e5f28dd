import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainKernel } from '../../../src/formats/kernel/plain.ts'
import { scanLog } from '../../../src/formats/txnlog/scan.ts'
import { MOST_SHOWN, type Rates, rateMeter } from '../../../src/operations/log-stat/rates.ts'
import { create, log, readBytes } from '../../helpers/log-builder.ts'

const START = Date.parse('2026-01-01T00:00:00Z')

/** Rates of records with these times. */
async function ratesOf(times: readonly (number | bigint)[]): Promise<Rates> {
  const bytes = log(times.map((time, i) => create(BigInt(i + 1), '/a', 'x', { timeMs: BigInt(time) })))
  const meter = rateMeter()
  for await (const batch of scanLog(plainKernel(), readBytes(bytes), { limit: 2_000_000 })) meter.add(batch)
  return meter.result()
}

const every = (count: number, stepMs: number, from = START) =>
  Array.from({ length: count }, (_, i) => from + i * stepMs)
const total = ({ buckets, outside }: Rates) => buckets.reduce((sum, { txns }) => sum + txns, outside)

test('seconds are counted as they are', async () => {
  const rates = await ratesOf([START, START + 10, START + 999, START + 1000, START + 3500])
  expect(rates).toMatchObject({
    mean: 1.25,
    peakSecond: { time: '2026-01-01T00:00:00.000Z', txns: 3 },
    peakMinute: { time: '2026-01-01T00:00:00.000Z', txns: 5 },
    bucketSeconds: 1,
    outside: 0,
  })
  expect(rates.buckets.map(({ txns }) => txns)).toEqual([3, 1, 0, 1])
})

test('long logs get wider buckets, without losing a record or the peaks', async () => {
  const times = [...every(20_000, 30_000), ...every(50, 10, START + 20_000 * 30_000)]
  const rates = await ratesOf(times)
  expect(total(rates)).toBe(times.length)
  expect(rates.outside).toBe(0)
  expect(rates.buckets.length).toBeLessThanOrEqual(MOST_SHOWN)
  expect(rates.bucketSeconds).toBe(10_800)
  expect(rates.peakSecond).toEqual({ time: new Date(START + 20_000 * 30_000).toISOString(), txns: 50 })
  expect(rates.peakMinute).toMatchObject({ txns: 50 })
})

test.each([
  ['1970', 1],
  ['before 1970', -86_400_000],
  ['the end of the calendar', 8_640_000_000_000_000],
  ['the beginning of the calendar', -8_640_000_000_000_000],
  ['beyond the calendar', 8_640_000_000_000_001n],
  ['2^63-1', 2n ** 63n - 1n],
  ['-2^63', -(2n ** 63n)],
  ['none', 0],
])('one absurd time (%s) costs no resolution', async (_name, absurd) => {
  const times = every(2000, 50)
  const rates = await ratesOf([...times.slice(0, 700), absurd, ...times.slice(700)])
  expect(rates).toMatchObject({ mean: 20, bucketSeconds: 2, outside: 1 })
  expect(rates.buckets.every(({ txns }) => txns === 40)).toBe(true)
})

test('a clock that goes back a little does not split the peaks', async () => {
  const rates = await ratesOf([...every(100, 10), ...every(100, 10, START - 5000), ...every(100, 10)])
  expect(rates.peakSecond).toEqual({ time: '2026-01-01T00:00:00.000Z', txns: 200 })
  expect(total(rates)).toBe(300)
})

test('whatever the times are, every record is counted once and buckets stay bounded', async () => {
  const time = fc.oneof(
    fc.integer({ min: START, max: START + 86_400_000 * 400 }),
    fc.integer({ min: START, max: START + 20_000 }),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(time, { maxLength: 200 }), async (times) => {
      const rates = await ratesOf(times)
      expect(total(rates)).toBe(times.length)
      expect(rates.buckets.length).toBeLessThanOrEqual(MOST_SHOWN)
      for (const { time: text } of rates.buckets) expect(new Date(text).toISOString()).toBe(text)
    }),
    { numRuns: 300, seed: 9 },
  )
})

test('very many different seconds all over the calendar stay bounded', async () => {
  const times = Array.from({ length: 60_000 }, (_, i) => -8e15 + i * 266_000_000_000)
  const rates = await ratesOf(times)
  expect(total(rates)).toBe(times.length)
  expect(rates.buckets.length).toBeLessThanOrEqual(MOST_SHOWN)
})
