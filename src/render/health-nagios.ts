/*
 * The contract of Nagios and its kin: one line `SERVICE STATUS: text | perfdata`, then details.
 *
 *   'label'=value[unit];warn;critical;min;max      unit: none, ms, B, c (a counter)
 *
 * A limit in perfdata alerts above it, ours from it on; they differ by nothing that a graph shows.
 */
import type { CanaryResult } from '../operations/health/canary/run.ts'
import type { HealthResult } from '../operations/health/check.ts'
import type { HealthStatus } from '../operations/health/judge.ts'
import type { HealthMetric } from '../operations/health/metrics.ts'
import type { Finding } from '../support/finding.ts'
import { ensembleSentence } from './ensemble-status.ts'
import { canarySentence } from './health-canary.ts'
import { printable } from './style.ts'

export function healthNagios(result: HealthResult): string {
  return nagiosText(ensembleSentence(result), result)
}

export function canaryNagios(result: CanaryResult): string {
  return nagiosText(`canary: ${canarySentence(result)}`, result)
}

function nagiosText(sentence: string, { status, findings, metrics }: Judged): string {
  const worst = findings.find(({ severity }) => severity !== 'info')
  const why = worst === undefined || status === 'ok' ? '' : ` - ${place(worst.member)}${worst.message}`
  const perfdata = metrics.map(perfText).join(' ')
  const first = `ZOOKEEPER ${status.toUpperCase()}: ${safe(sentence + why)} | ${perfdata}`
  const details = findings.map(
    ({ code, severity, member, message }) => `${severity} ${code}: ${safe(place(member) + message)}`,
  )
  return `${[first, ...details].join('\n')}\n`
}

interface Judged {
  readonly status: HealthStatus
  readonly findings: readonly Finding[]
  readonly metrics: readonly HealthMetric[]
}

/** What a plug-in says that could not do its work: wrong flags, unreadable files. */
export function nagiosUnknown(message: string): string {
  return `ZOOKEEPER UNKNOWN: ${safe(message)}\n`
}

const place = (member: string | undefined): string => (member === undefined ? '' : `server ${member}: `)

/** A bar would begin the perfdata. */
const safe = (text: string): string => printable(text).replaceAll('|', '/')

function perfText({ name, member, host, value, unit, warn, critical }: HealthMetric): string {
  const of = member ?? host?.replace(/[='\s|]/g, '_')
  const label = of === undefined ? name : `${name}_${of}`
  return `'${label}'=${value}${unit};${warn ?? ''};${critical ?? ''};0;`
}
