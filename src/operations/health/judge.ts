/* Rules applied to a view: findings, the status they add up to, and what the next run has to know. */
import { counterOf, epochOf, idOf, type ObservedMember, placeKey, stateOf } from '../../cluster/observe/model.ts'
import { maxOf } from '../../support/bigint.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import { lagOf } from '../ensemble/member-status.ts'
import { memberKey } from '../ensemble/overview.ts'
import type { LimitsOf } from './limits.ts'
import type { Issue, Rule } from './rule.ts'
import { RULES } from './rules/index.ts'
import type { Silence } from './silence.ts'
import type { HealthState, MemberMemory, PlaceMemory } from './state.ts'
import { nextTrend } from './trend.ts'
import { breachKey, type HealthView } from './view.ts'

export type HealthStatus = 'ok' | 'warning' | 'critical' | 'unknown'

export function judge(
  view: HealthView,
  rules: readonly Rule[],
  limitsOf: LimitsOf,
  silence: Silence | null,
): readonly Finding[] {
  return rules
    .flatMap((rule) => [...rule.check(view, limitsOf(rule))].map((issue) => findingOf(rule, issue, silence)))
    .sort((a, b) => WEIGHT[b.severity] - WEIGHT[a.severity])
}

const WEIGHT = { error: 2, warning: 1, info: 0 } as const

function findingOf(rule: Rule, issue: Issue, silence: Silence | null): Finding {
  const { severity, member, message, evidence, remedy = rule.explanation.remedy } = issue
  const silenced = silence !== null && rule.expectedInMaintenance && severity !== 'info'
  return {
    code: rule.code,
    severity: silenced ? 'info' : severity,
    message: silenced ? `${message} (expected: ${silence.why})` : message,
    ...(member === undefined ? {} : { member: memberKey(member) }),
    evidence: { ...evidence, ...(silenced ? { silenced: severity, silencedUntil: silence.until } : {}) },
    remedy,
  }
}

export function statusOf(view: HealthView, findings: readonly Finding[]): HealthStatus {
  if (findings.some(({ severity }) => severity === 'error')) return 'critical'
  // whoever may not be asked anything can be neither well nor ill
  if (view.members.every((member) => stateOf(member) === 'unknown')) return 'unknown'
  return findings.some(({ severity }) => severity === 'warning') ? 'warning' : 'ok'
}

/** What the next run compares with. Members that do not answer keep what was known of them. */
export function nextState(view: HealthView, target: string, findings: readonly Finding[]): Omit<HealthState, 'form'> {
  const { at, before, leader, quorum } = view
  const seen = leader === null ? null : idOf(leader)
  const changed = before !== null && before.leader !== null && seen !== null && seen !== before.leader
  const hourAgo = at.getTime() - 3_600_000
  const earlier = (before?.leaderChanges ?? []).filter((moment) => Date.parse(moment) > hourAgo)
  const members = view.members.flatMap((member): [string, MemberMemory][] => {
    const memory = memoryOf(member, view)
    return memory === null ? [] : [[memberKey(member), memory]]
  })
  return {
    target,
    at: at.toISOString(),
    leader: seen ?? before?.leader ?? null,
    leaderChanges: changed ? [...earlier, at.toISOString()] : earlier,
    voters: Math.max(before?.voters ?? 0, quorum.voters),
    places: { ...before?.places, ...Object.fromEntries(view.members.flatMap(placeMemory)) },
    members: { ...before?.members, ...Object.fromEntries(members) },
    trend: nextTrend(view, before),
    breaches: Object.fromEntries(
      findings.map(({ code, member }) => {
        const key = breachKey(code, member ?? null)
        const known = before?.breaches[key]
        return [key, { since: known?.since ?? at.toISOString(), runs: (known?.runs ?? 0) + 1 }]
      }),
    ),
  }
}

function placeMemory(member: ObservedMember): readonly (readonly [string, PlaceMemory])[] {
  const id = idOf(member)
  return id === null ? [] : [[placeKey(member.place), { id, role: member.place.role }]]
}

function memoryOf(member: ObservedMember, view: HealthView): MemberMemory | null {
  const { answer } = member
  if (answer === null) return null
  const known = view.remembered(member)
  const highest = known?.highestZxid == null ? 0n : BigInt(known.highestZxid)
  // the beginning of an epoch is no transaction: a member that has seen it may show less after a restart
  const shown = answer.zxid !== null && counterOf(answer.zxid) > 0n ? maxOf(answer.zxid, highest) : highest
  const remembered = new Set(RULES.flatMap(({ remembers }) => remembers))
  const metrics = Object.fromEntries([...answer.metrics].filter(([name]) => remembered.has(name)))
  const lag = lagOf(member, view)
  const swappedBytes = view.local.get(memberKey(member))?.swappedBytes ?? null
  return {
    state: answer.state,
    highestZxid: shown === 0n ? null : hex64(shown),
    zxid: answer.zxid === null ? null : hex64(answer.zxid),
    metrics: {
      ...metrics,
      ...(swappedBytes === null ? {} : { swapped_bytes: swappedBytes }),
      ...(lag === null ? {} : { lag }),
      ...(answer.zxid === null ? {} : { counter: Number(counterOf(answer.zxid)), epoch: Number(epochOf(answer.zxid)) }),
    },
  }
}
