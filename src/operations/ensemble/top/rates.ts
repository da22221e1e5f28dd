/* What a member did between two of its answers. */
import { counterOf, epochOf, type MemberAnswer, type Metrics } from '../../../cluster/observe/model.ts'

export interface Moment {
  /** By a clock that only goes forward. */
  readonly atMs: number
  readonly answer: MemberAnswer
}

export interface Rates {
  /** Packets from clients; pings and our own questions count, too. */
  readonly requestsPerS: number | null
  /** Transactions that it applied. */
  readonly writesPerS: number | null
  /** Reads and writes that were answered, and what they took together. 3.6 on. */
  readonly timed: { readonly count: number; readonly totalMs: number } | null
}

export const NO_RATES: Rates = { requestsPerS: null, writesPerS: null, timed: null }

/** Null where a counter went back: it was started anew, or took another role. */
export function ratesBetween(before: Moment, after: Moment): Rates {
  const seconds = (after.atMs - before.atMs) / 1000
  if (seconds <= 0) return NO_RATES
  const [then, now] = [before.answer, after.answer]
  const packets = grown(then.metrics, now.metrics, 'packets_received')
  const txns = appliedBetween(then.zxid, now.zxid)
  return {
    requestsPerS: packets === null ? null : packets / seconds,
    writesPerS: txns === null ? null : txns / seconds,
    timed: timedBetween(then.metrics, now.metrics),
  }
}

function timedBetween(then: Metrics, now: Metrics): Rates['timed'] {
  const kinds = ['readlatency', 'updatelatency'].flatMap((name) => {
    const count = grown(then, now, `cnt_${name}`)
    const totalMs = grown(then, now, `sum_${name}`)
    return count === null || totalMs === null ? [] : [{ count, totalMs }]
  })
  if (kinds.length === 0) return null
  const sum = (of: 'count' | 'totalMs') => kinds.reduce((total, kind) => total + kind[of], 0)
  return { count: sum('count'), totalMs: sum('totalMs') }
}

function grown(then: Metrics, now: Metrics, name: string): number | null {
  const [before, after] = [then.get(name), now.get(name)]
  return before === undefined || after === undefined || after < before ? null : after - before
}

/** Across epochs the zxids do not tell how many there were. */
function appliedBetween(then: bigint | null, now: bigint | null): number | null {
  if (then === null || now === null || epochOf(then) !== epochOf(now) || now < then) return null
  return Number(counterOf(now) - counterOf(then))
}
