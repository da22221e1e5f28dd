/* Rates from what was seen at some moments. */
import { DAY_MS } from '../certs/certificate.ts'

export interface Point {
  readonly atMs: number
  readonly value: number
}

export type Confidence = 'high' | 'medium' | 'low'

export interface Trend {
  /** Below 0: it shrinks. */
  readonly perDay: number
  readonly spanMs: number
  readonly points: number
  /** By how long and how often it was looked at, and how well a line fits. */
  readonly confidence: Confidence
}

const HOUR_MS = 3_600_000
/** Two moments nearer than this say nothing. */
const SHORTEST_MS = 1000

/** A line through the points (least squares); null where there are not two moments. */
export function trendOf(points: readonly Point[]): Trend | null {
  const times = points.map(({ atMs }) => atMs)
  const first = Math.min(...times)
  const spanMs = Math.max(...times) - first
  if (points.length < 2 || spanMs < SHORTEST_MS) return null
  const at = points.map(({ atMs }) => (atMs - first) / DAY_MS)
  const values = points.map(({ value }) => value)
  const [atMean, mean] = [meanOf(at), meanOf(values)]
  const spread = sum(at.map((one) => (one - atMean) ** 2))
  const perDay = sum(at.map((one, i) => (one - atMean) * (values[i]! - mean))) / spread
  const off = sum(at.map((one, i) => (values[i]! - mean - perDay * (one - atMean)) ** 2))
  const all = sum(values.map((value) => (value - mean) ** 2))
  return { perDay, spanMs, points: points.length, confidence: confidenceOf(spanMs, points.length, all, off) }
}

function confidenceOf(spanMs: number, points: number, all: number, off: number): Confidence {
  const fits = all === 0 || 1 - off / all >= 0.8
  if (spanMs >= DAY_MS && points >= 3 && fits) return 'high'
  return spanMs >= HOUR_MS && fits ? 'medium' : 'low'
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0)
const meanOf = (numbers: readonly number[]): number => sum(numbers) / numbers.length

/** A zxid's counter over elections: it begins at 0 with every epoch, what was written goes on. */
export function writtenSince(points: readonly { readonly atMs: number; readonly zxid: bigint }[]): readonly Point[] {
  let value = 0
  return points
    .toSorted((a, b) => (a.zxid < b.zxid ? -1 : 1))
    .map(({ atMs, zxid }, i, all) => {
      const before = all[i - 1]?.zxid
      const sameEpoch = before !== undefined && before >> 32n === zxid >> 32n
      if (before !== undefined) value += Number((zxid & COUNTER) - (sameEpoch ? before & COUNTER : 0n))
      return { atMs, value }
    })
}

const COUNTER = 0xffff_ffffn
