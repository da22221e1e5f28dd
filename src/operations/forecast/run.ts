/* health forecast: what comes to its end, and when, at the rate that was observed. */
import { ZkopsError } from '../../support/errors.ts'
import { byEnd, type Days, type ForecastResult, findingsOf, forecastOf, statusOf } from './forecast.ts'
import type { DirectoryOptions } from './from-directory.ts'
import type { MembersOptions } from './from-members.ts'
import type { Seen } from './given.ts'

export interface ForecastOptions extends DirectoryOptions, Omit<MembersOptions, 'signal'> {
  readonly days: Days
}

/** Of a directory when one is given, else of running members. Throws `usage.*`, `input.*`. */
export async function forecast(options: ForecastOptions): Promise<ForecastResult> {
  const { directory } = options
  if (directory !== undefined) {
    refuseMembers(options)
    const { fromDirectory } = await import('./from-directory.ts')
    const seen = await fromDirectory(options, Date.now())
    return resultOf(seen, { ensemble: null, directory, kind: 'directory' }, options.days)
  }
  const { fromMembers } = await import('./from-members.ts')
  const seen = await fromMembers(options)
  return resultOf(seen, { ensemble: seen.ensemble, directory: null, kind: seen.kind }, options.days)
}

function refuseMembers({ ensemble, connect, inventory, state, intervalMs }: ForecastOptions): void {
  const about = Object.entries({ ensemble, connect, inventory, state, interval: intervalMs })
  const given = about.find(([, value]) => value !== undefined)
  if (given === undefined) return
  throw new ZkopsError('usage', `--${given[0]} is about running members, and a directory was given`, {
    hint: 'Give one of them.',
  })
}

interface Subject {
  readonly ensemble: string | null
  readonly directory: string | null
  readonly kind: 'state' | 'samples' | 'directory'
}

function resultOf({ given, unseen, basis }: Seen, { kind, ...subject }: Subject, days: Days): ForecastResult {
  const now = Date.now()
  const forecasts = byEnd(given.map((one) => forecastOf(one, days, now)))
  const time = (ms: number) => new Date(ms).toISOString()
  return {
    ...subject,
    status: statusOf(forecasts),
    at: time(now),
    basis: basis === null ? null : { kind, from: time(basis.fromMs), to: time(basis.toMs), points: basis.points },
    forecasts,
    unseen,
    findings: findingsOf(forecasts),
  }
}
