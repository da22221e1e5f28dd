/* What is known of something that grows towards an end, whatever tells it. */
import { DAY_MS } from '../certs/certificate.ts'
import type { Forecast } from './forecast.ts'
import { type Trend, trendOf, writtenSince } from './trend.ts'

export type What = 'zxid' | 'sequence' | 'disk' | 'init-limit' | 'heap' | 'certificate'

export interface Given {
  readonly what: What
  readonly member?: string | null
  readonly subject?: string | null
  readonly value: number
  readonly limit: number
  readonly unit?: Forecast['unit']
  readonly trend: Trend | null
  readonly assumes?: string | null
}

/** What could not be forecast, and what would show it. */
export interface Unseen {
  readonly what: What
  readonly why: string
}

export interface Seen {
  readonly given: readonly Given[]
  readonly unseen: readonly Unseen[]
  readonly basis: { readonly fromMs: number; readonly toMs: number; readonly points: number } | null
}

const ALL = 2 ** 32

export function zxidGiven(zxid: bigint, moments: readonly { readonly zxid: bigint; readonly atMs: number }[]): Given {
  const value = Number(zxid & 0xffff_ffffn)
  return { what: 'zxid', value, limit: ALL, trend: trendOf(writtenSince(moments)) }
}

/** Days of validity as a value that grows by one a day. */
export function certificateGiven(subject: string, fromMs: number, toMs: number, now: number): Given {
  const spanMs = Math.max(0, now - fromMs)
  return {
    ...{ what: 'certificate', subject, value: (now - fromMs) / DAY_MS, limit: (toMs - fromMs) / DAY_MS, unit: 'd' },
    trend: { perDay: 1, spanMs, points: 1, confidence: 'high' },
  }
}
