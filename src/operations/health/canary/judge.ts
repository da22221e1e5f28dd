/* What came of the canaries, as findings, and the status that they add up to. */
import type { Finding } from '../../../support/finding.ts'
import { memberKey } from '../../ensemble/overview.ts'
import type { HealthStatus } from '../judge.ts'
import { type Limits, severityOf } from '../rule.ts'
import { CANARY_REMEDIES } from './findings.ts'
import { PERCENTILES } from './limits.ts'
import type { ParentEnd } from './parent.ts'
import { STEPS } from './round.ts'
import type { CanaryMember, TrialFailure, Tried } from './trial.ts'

type Code = keyof typeof CANARY_REMEDIES

export function failureFinding({ member, reader, failure }: Tried): readonly Finding[] {
  if (failure === null) return []
  const code = codeOf(failure)
  const { step, error } = failure
  const other = reader === null || reader === member ? '' : ` (server ${memberKey(reader)} looks)`
  const words = step === 'state' || step === 'session' ? error.message : `${step}: ${error.message}${other}`
  const severity = code === 'canary.not-allowed' ? 'warning' : 'error'
  return [finding(code, severity, words, { member: memberKey(member), evidence: { step, code: error.code } })]
}

function codeOf({ step, error }: TrialFailure): Code {
  if (['server.no-auth', 'server.auth-failed', 'server.session-closed-require-sasl'].includes(error.code)) {
    return 'canary.not-allowed'
  }
  return step === 'state' ? 'canary.not-serving' : step === 'session' ? 'canary.no-session' : 'canary.failed'
}

/** Of one round its times, of several their percentiles. */
export function slowFindings(member: CanaryMember, key: string, limits: ReadonlyMap<string, Limits>): Finding[] {
  return timesOf(member).flatMap(([name, ms]) => {
    const limit = limits.get(name)!
    const severity = severityOf(ms, limit)
    if (severity === null) return []
    const message = `${name.replace('-', ', ')}: ${ms} ms`
    return [finding('canary.slow', severity, message, { member: key, evidence: { limit: name, ms, ...limit } })]
  })
}

/** By the names of their limits. */
export function timesOf({ performance, ...member }: CanaryMember): readonly (readonly [string, number])[] {
  if (performance === null) {
    return STEPS.flatMap((step) => {
      const ms = member[`${step}Ms`]
      return ms === null ? [] : [[step, ms] as const]
    })
  }
  return STEPS.flatMap((step) => PERCENTILES.map((name) => [`${step}-${name}`, performance[step][name]] as const))
}

export function leftFindings(path: string, removed: number, end: ParentEnd | 'unknown'): readonly Finding[] {
  const all: Finding[] = []
  if (removed > 0) {
    const message = `${removed === 1 ? 'a znode' : `${removed} znodes`} of a run that was killed ${removed === 1 ? 'was' : 'were'} removed`
    all.push(finding('canary.left-over', 'info', message, { path }))
  }
  if (end === 'left') all.push(finding('canary.parent-left', 'info', 'something of another run is in it', { path }))
  if (end === 'unknown') all.push(finding('canary.parent-left', 'info', 'it could not be deleted', { path }))
  return all
}

/** Unknown: nothing could be tried, because it is not allowed. */
export function statusOf(members: readonly CanaryMember[], findings: readonly Finding[]): HealthStatus {
  if (findings.some(({ severity }) => severity === 'error')) return 'critical'
  const barred = findings.some(({ code }) => code === 'canary.not-allowed')
  if (barred && !members.some(({ ok }) => ok)) return 'unknown'
  return findings.some(({ severity }) => severity === 'warning') ? 'warning' : 'ok'
}

function finding(code: Code, severity: Finding['severity'], message: string, more: Partial<Finding>): Finding {
  return { code, severity, message, ...more, remedy: CANARY_REMEDIES[code] }
}
