/*
 * How many transactions came when, by the time in their headers (the leader's clock).
 *
 * Records are counted by second; when there are more than MOST_BUCKETS seconds with a record, by 10 seconds, and so on.
 * Only buckets that hold something exist, so one absurd time costs one bucket and no resolution; clocks may jump as they
 * like. What lies far outside the bulk of the records is left out of the series and counted beside it.
 */
import { FIELD, type RecordBatch } from '../../formats/txnlog/scan.ts'

export interface RateBucket {
  /** When it begins. */
  readonly time: string
  readonly txns: number
  readonly bytes: number
}

export interface Peak {
  readonly time: string
  readonly txns: number
}

export interface Rates {
  /** Transactions a second over all buckets; null without records. */
  readonly mean: number | null
  /** The second and the minute with the most transactions. */
  readonly peakSecond: Peak | null
  readonly peakMinute: Peak | null
  readonly bucketSeconds: number
  /** Without holes between them; at most MOST_SHOWN. */
  readonly buckets: readonly RateBucket[]
  /** Transactions far before or behind them, or without a time. */
  readonly outside: number
}

export interface RateMeter {
  add(batch: RecordBatch): void
  result(): Rates
}

const MOST_BUCKETS = 4096
export const MOST_SHOWN = 60
/** Seconds; each divides the next. */
const WIDTHS = [1, 10, 60, 600, 3600, 21_600, 86_400]
/** Widths to show, in seconds. */
const SHOWN_WIDTHS = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400]
/** The last millisecond that a Date holds. */
const LAST_MS = 8_640_000_000_000_000
const DAY = 86_400

/** ISO-8601 with milliseconds; null for 0 and for what no calendar holds. */
export function isoTime(ms: number): string | null {
  return ms === 0 || Math.abs(ms) > LAST_MS ? null : new Date(ms).toISOString()
}

interface Counts {
  txns: number
  bytes: number
}

export function rateMeter(): RateMeter {
  let step = 0
  let buckets = new Map<number, Counts>()
  let untimed = 0
  const seconds = peakMeter(1)
  const minutes = peakMeter(60)
  // the second that the records are in
  let current = Number.NaN
  let txns = 0
  let bytes = 0

  const put = (into: Map<number, Counts>, key: number, counts: Counts) => {
    const found = into.get(key)
    if (found === undefined) into.set(key, counts)
    else {
      found.txns += counts.txns
      found.bytes += counts.bytes
    }
  }
  const endSecond = () => {
    if (txns === 0) return
    seconds.add(current, txns)
    minutes.add(Math.floor(current / 60), txns)
    put(buckets, Math.floor(current / widthOf(step)), { txns, bytes })
    txns = 0
    bytes = 0
    while (buckets.size > MOST_BUCKETS) {
      const factor = widthOf(step + 1) / widthOf(step)
      const wider = new Map<number, Counts>()
      for (const [key, counts] of buckets) put(wider, Math.floor(key / factor), counts)
      buckets = wider
      step++
    }
  }

  return {
    add({ view, table, count }) {
      let begin = current * 1000
      for (let row = 0; row < count; row++) {
        const at = table[2 * row]! + FIELD.timeMs
        const ms = view.getInt32(at) * 2 ** 32 + view.getUint32(at + 4)
        if (!(ms >= begin && ms < begin + 1000)) {
          if (ms === 0 || Math.abs(ms) > LAST_MS) {
            untimed++
            continue
          }
          endSecond()
          current = Math.floor(ms / 1000)
          begin = current * 1000
        }
        txns++
        bytes += table[2 * row + 1]! + 13
      }
    },
    result() {
      endSecond()
      return series(buckets, widthOf(step), untimed, seconds.peak(), minutes.peak())
    },
  }
}

function widthOf(step: number): number {
  return WIDTHS[step] ?? DAY * 10 ** (step - WIDTHS.length + 1)
}

/** Exact when a clock that goes back comes within 1024 units of where it was. */
function peakMeter(unitSeconds: number): { add(unit: number, txns: number): void; peak(): Peak | null } {
  const units = new Float64Array(1024).fill(Number.NaN)
  const counts = new Float64Array(1024)
  let best = 0
  let bestUnit = 0
  return {
    add(unit, txns) {
      const slot = ((unit % 1024) + 1024) % 1024
      counts[slot] = (units[slot] === unit ? counts[slot]! : 0) + txns
      units[slot] = unit
      if (counts[slot]! > best) {
        best = counts[slot]!
        bestUnit = unit
      }
    },
    peak: () => (best === 0 ? null : { time: secondText(bestUnit * unitSeconds), txns: best }),
  }
}

function series(
  buckets: ReadonlyMap<number, Counts>,
  width: number,
  untimed: number,
  peakSecond: Peak | null,
  peakMinute: Peak | null,
): Rates {
  const sorted = [...buckets].sort(([a], [b]) => a - b)
  const all = sorted.reduce((sum, [, { txns }]) => sum + txns, 0)
  if (all === 0) return { mean: null, peakSecond, peakMinute, bucketSeconds: 1, buckets: [], outside: untimed }
  const inside = bulk(sorted, all)
  const first = inside[0]![0] * width
  const end = (inside.at(-1)![0] + 1) * width
  const shownWidth = widthFor(first, end, width)
  const start = Math.floor(first / shownWidth)
  const shown = Array.from({ length: Math.ceil(end / shownWidth) - start }, (_, i) => ({
    time: secondText((start + i) * shownWidth),
    txns: 0,
    bytes: 0,
  }))
  let shownTxns = 0
  for (const [key, { txns, bytes }] of inside) {
    const bucket = shown[Math.floor((key * width) / shownWidth) - start]!
    bucket.txns += txns
    bucket.bytes += bytes
    shownTxns += txns
  }
  const mean = Math.round((shownTxns / (end - first)) * 1000) / 1000
  const outside = untimed + all - shownTxns
  return { mean, peakSecond, peakMinute, bucketSeconds: shownWidth, buckets: shown, outside }
}

/** The buckets that lie no farther from the middle 98 % of the records than these span. */
function bulk(sorted: readonly (readonly [number, Counts])[], all: number): readonly (readonly [number, Counts])[] {
  const low = quantile(sorted, all * 0.01)
  const high = quantile(sorted, all * 0.99)
  const reach = Math.max(high - low, MOST_SHOWN)
  return sorted.filter(([key]) => key >= low - reach && key <= high + reach)
}

function quantile(sorted: readonly (readonly [number, Counts])[], rank: number): number {
  let sum = 0
  return (sorted.find(([, { txns }]) => (sum += txns) >= rank) ?? sorted.at(-1)!)[0]
}

/** The finest width to show that is made of whole buckets and needs no more than MOST_SHOWN. */
function widthFor(first: number, end: number, width: number): number {
  const fits = (shown: number) =>
    shown % width === 0 && Math.ceil(end / shown) - Math.floor(first / shown) <= MOST_SHOWN
  const found = SHOWN_WIDTHS.find(fits)
  if (found !== undefined) return found
  for (let shown = Math.max(DAY, width); ; shown *= 2) if (fits(shown)) return shown
}

/** The ends of the calendar for what lies beyond them. */
function secondText(seconds: number): string {
  return new Date(Math.max(-LAST_MS, Math.min(LAST_MS, seconds * 1000))).toISOString()
}
