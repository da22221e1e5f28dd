/* What a health rule is. Each lies in a file of its own and is listed in rules/index.ts. */
import { idOf, type ObservedMember } from '../../cluster/observe/model.ts'
import type { FindingExplanation, Severity } from '../../support/finding.ts'
import { groupBy } from '../../support/group.ts'
import { memberKey, memberName } from '../ensemble/overview.ts'
import type { HealthView } from './view.ts'

/** Reached or passed (days: fallen below), it is a warning, or critical; null: never. */
export interface Limits {
  readonly warn: number | null
  readonly critical: number | null
}

export type Unit = 'ms' | '%' | 'd' | ''

export interface Issue {
  readonly severity: Severity
  readonly message: string
  readonly member?: ObservedMember | undefined
  readonly evidence?: Readonly<Record<string, unknown>>
  readonly remedy?: string | undefined
}

export interface Rule {
  readonly code: `health.${string}`
  readonly explanation: FindingExplanation
  /** For rules about a number. Its key on the command line is the code without `health.`. */
  readonly limits?: (Limits & { readonly unit: Unit }) | undefined
  /** Expected in a maintenance window, so lowered then. */
  readonly expectedInMaintenance: boolean
  /** About a member alone, so that it holds where only one is looked at. */
  readonly perMember: boolean
  /** Names of metrics whose last values it compares with. */
  readonly remembers: readonly string[]
  check(view: HealthView, limits: Limits): Iterable<Issue>
}

interface Head extends FindingExplanation {
  readonly code: Rule['code']
  readonly limits?: Rule['limits']
  /** False for what no maintenance excuses: lost quorum, diverged or lost data. */
  readonly expectedInMaintenance?: boolean
  readonly perMember?: boolean
  readonly remembers?: readonly string[]
}

export function rule(
  { code, limits, expectedInMaintenance = true, perMember = false, remembers = [], ...explanation }: Head,
  check: Rule['check'],
): Rule {
  return { code, explanation, limits, expectedInMaintenance, perMember, remembers, check }
}

type MemberIssue = Omit<Issue, 'member'>

/** A rule about each member that answered. */
export function memberRule(
  head: Head,
  check: (member: ObservedMember, view: HealthView, limits: Limits) => Iterable<MemberIssue>,
): Rule {
  return rule({ ...head, perMember: true }, function* (view, limits) {
    for (const member of view.members) {
      if (member.answer === null) continue
      for (const issue of check(member, view, limits)) yield { member, ...issue }
    }
  })
}

/**
 * A rule about one number of each member. `sustained`: one high value is noise; it counts when it has been so for three
 * runs or five minutes, and without that history only a critical value weighs anything.
 */
export function limitRule(
  head: Head & { readonly limits: Limits & { readonly unit: Unit }; readonly sustained?: boolean },
  value: (member: ObservedMember, view: HealthView) => number | null,
  sentence: (value: string, member: ObservedMember) => string,
): Rule {
  const { sustained: slow = false, ...rest } = head
  return memberRule(rest, function* (member, view, limits) {
    const seen = value(member, view)
    const reached = seen === null ? null : severityOf(seen, limits)
    if (seen === null || reached === null) return
    const severity = slow && !isSustained(view, head.code, member) ? lowered(reached) : reached
    const evidence = { value: seen, warn: limits.warn, critical: limits.critical }
    yield { severity, message: sentence(`${rounded(seen)}${unitText(head.limits.unit)}`, member), evidence }
  })
}

export function severityOf(value: number, { warn, critical }: Limits): 'error' | 'warning' | null {
  if (critical !== null && value >= critical) return 'error'
  return warn !== null && value >= warn ? 'warning' : null
}

const SUSTAINED_RUNS = 3
const SUSTAINED_MS = 5 * 60_000

export function isSustained(view: HealthView, code: string, member?: ObservedMember): boolean {
  const { runs, forMs } = view.breach(code, member === undefined ? null : memberKey(member))
  return runs >= SUSTAINED_RUNS || forMs >= SUSTAINED_MS
}

export function lowered(severity: Severity): Severity {
  return severity === 'error' ? 'warning' : 'info'
}

export const unitText = (unit: Unit): string => (unit === 'ms' || unit === 'd' ? ` ${unit}` : unit)

/** At most two digits behind the point. */
export const rounded = (value: number): number => Math.round(value * 100) / 100

/** Members by what `of` says about them; undefined: not known of this one. */
export function groupMembers(
  members: readonly ObservedMember[],
  of: (member: ObservedMember) => string | undefined,
): ReadonlyMap<string, readonly ObservedMember[]> {
  return groupBy(members, of)
}

/** `server 1, server 2 and server 3`. */
export function namesOf(members: readonly ObservedMember[]): string {
  const names = members.map(memberName)
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

export function metric({ answer }: ObservedMember, name: string): number | null {
  return answer?.metrics.get(name) ?? null
}

/** Ids for evidence. */
export const idsOf = (members: readonly ObservedMember[]): readonly (number | null)[] => members.map(idOf)
