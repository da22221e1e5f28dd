/* One thing that comes to its end: what it is at, where it ends, when at the observed rate, and how sure that is. */
import type { Finding, Severity } from '../../support/finding.ts'
import { DAY_MS } from '../certs/certificate.ts'
import { FORECAST_FINDINGS } from './findings.ts'
import type { Given, Unseen, What } from './given.ts'
import type { Confidence } from './trend.ts'

export interface Forecast {
  readonly what: What
  /** Null: of the ensemble, or of the directory. */
  readonly member: string | null
  /** What it is about in particular: a path, a directory, a certificate. */
  readonly subject: string | null
  readonly value: number
  readonly limit: number
  readonly unit: '' | 'B' | 'ms' | 'd'
  /** How fast it grows; null: not known. */
  readonly perDay: number | null
  /** Null: it does not grow, or that is not known; 0: it is there. */
  readonly daysLeft: number | null
  readonly endsAt: string | null
  readonly confidence: Confidence | null
  readonly severity: 'ok' | 'warning' | 'critical'
  /** What was taken for given. */
  readonly assumes: string | null
}

export interface ForecastResult {
  readonly ensemble: string | null
  readonly directory: string | null
  readonly status: 'ok' | 'warning' | 'critical' | 'unknown'
  readonly at: string
  /** Where the rates come from; null: from nothing, so there are none. */
  readonly basis: {
    readonly kind: 'state' | 'samples' | 'directory'
    readonly from: string
    readonly to: string
    readonly points: number
  } | null
  /** The nearest end first. */
  readonly forecasts: readonly Forecast[]
  readonly unseen: readonly Unseen[]
  readonly findings: readonly Finding[]
}

/** From so many days on it is a warning, or critical. */
export interface Days {
  readonly warn: number
  readonly critical: number
}

/** An election is soon made: its end may come nearer. */
const ZXID_DAYS: Days = { warn: 7, critical: 1 }
/** Ten thousand years say "never" better than a number does. */
const NEVER_DAYS = 3_650_000

export function forecastOf(given: Given, days: Days, nowMs: number): Forecast {
  const { what, member = null, subject = null, value, limit, unit = '', trend, assumes = null } = given
  const left = value >= limit ? 0 : trend === null || trend.perDay <= 0 ? null : (limit - value) / trend.perDay
  const daysLeft = left === null || left > NEVER_DAYS ? null : Math.round(left * 100) / 100
  return {
    ...{ what, member, subject, value, limit, unit },
    perDay: trend === null ? null : Math.round(trend.perDay * 100) / 100,
    daysLeft,
    endsAt: daysLeft === null ? null : new Date(nowMs + daysLeft * DAY_MS).toISOString(),
    confidence: trend?.confidence ?? null,
    severity: severityOf(daysLeft, trend?.confidence ?? null, what === 'zxid' ? ZXID_DAYS : days),
    assumes,
  }
}

/** A rate of a few seconds may be a burst: it is worth a warning, and nobody is woken for it. */
function severityOf(daysLeft: number | null, confidence: Confidence | null, days: Days): Forecast['severity'] {
  if (daysLeft === null) return 'ok'
  if (daysLeft <= days.critical) return daysLeft > 0 && confidence === 'low' ? 'warning' : 'critical'
  return daysLeft <= days.warn && confidence !== 'low' ? 'warning' : 'ok'
}

export function byEnd(forecasts: readonly Forecast[]): readonly Forecast[] {
  return forecasts.toSorted((a, b) => (a.daysLeft ?? Infinity) - (b.daysLeft ?? Infinity))
}

export function findingsOf(forecasts: readonly Forecast[]): readonly Finding[] {
  return forecasts.flatMap((one): Finding[] => {
    if (one.severity === 'ok') return []
    const { what, member, subject, daysLeft, value, limit, perDay, confidence } = one
    const code = `forecast.${what}`
    const severity: Severity = one.severity === 'critical' ? 'error' : 'warning'
    const about = subject === null ? '' : ` (${subject})`
    return [
      {
        ...{ code, severity, message: `${SENTENCES[what]}${about} ${leftText(daysLeft)}${sureText(confidence)}` },
        ...(member === null ? {} : { member }),
        evidence: { value, limit, perDay, daysLeft, confidence },
        remedy: FORECAST_FINDINGS[code]!.remedy,
      },
    ]
  })
}

const SENTENCES: Readonly<Record<What, string>> = {
  zxid: 'the zxid counter comes to its end',
  sequence: 'the counter of sequential children comes to its end',
  disk: 'the disk is full',
  'init-limit': 'the snapshot is too large for initLimit',
  heap: 'the tree is too large for the heap',
  certificate: 'the certificate expires',
}

function leftText(daysLeft: number | null): string {
  if (daysLeft === null || daysLeft <= 0) return 'now'
  return daysLeft < 2 ? `in ${Math.max(1, Math.round(daysLeft * 24))} h` : `in ${Math.floor(daysLeft)} days`
}

const sureText = (confidence: Confidence | null): string => (confidence === 'low' ? ', if it goes on like this' : '')

export function statusOf(forecasts: readonly Forecast[]): ForecastResult['status'] {
  if (forecasts.length === 0) return 'unknown'
  if (forecasts.some(({ severity }) => severity === 'critical')) return 'critical'
  return forecasts.some(({ severity }) => severity === 'warning') ? 'warning' : 'ok'
}
