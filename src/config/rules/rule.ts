/* What a lint rule is. Each lies in a file of its own and is listed in index.ts. */
import type { FindingExplanation } from '../../support/finding.ts'
import type { Member, Setting } from '../member.ts'
import type { Release } from '../release.ts'
import type { Verdict } from '../verdict/verdict.ts'
import type { Facts } from './facts.ts'

export type Level = 'ERROR' | 'HIGH' | 'MEDIUM' | 'LOW' | 'INFO'

export interface LintContext {
  readonly release: Release
  /** The release was named with its patch number, so what is wrong with just this one counts. */
  readonly exactRelease: boolean
  /** Whose files could be read. */
  readonly members: readonly Member[]
  /** Of every file, those that cannot be read included. */
  readonly verdicts: ReadonlyMap<Member, Verdict>
  readonly facts: Facts
}

export interface Issue {
  readonly member: Member
  readonly message: string
  /** What it is about; gives key, file and line. */
  readonly setting?: Setting | undefined
  readonly key?: string | undefined
  readonly evidence?: Readonly<Record<string, unknown>>
  readonly remedy?: string | undefined
  /** When this case weighs more or less than the rule. */
  readonly level?: Level | undefined
}

export interface Rule {
  /** The number in the catalogue of rules. */
  readonly id: string
  readonly code: `config.${string}`
  readonly level: Level
  readonly explanation: FindingExplanation
  check(context: LintContext): Iterable<Issue>
}

type Head = Pick<Rule, 'id' | 'code' | 'level'> & FindingExplanation

function ruleOf({ id, code, level, ...explanation }: Head, check: Rule['check']): Rule {
  return { id, code, level, explanation, check }
}

/** A rule about one member's files. */
export function memberRule(
  head: Head,
  check: (member: Member, context: LintContext) => Iterable<Omit<Issue, 'member'>>,
): Rule {
  return ruleOf(head, function* (context) {
    for (const member of context.members) {
      for (const issue of check(member, context)) yield { member, ...issue }
    }
  })
}

/** A rule about all files, be it only one. */
export function filesRule(head: Head, check: Rule['check']): Rule {
  return ruleOf(head, check)
}

/** A rule about members together. */
export function ensembleRule(head: Head, check: Rule['check']): Rule {
  return ruleOf(head, (context) => (context.members.length < 2 ? [] : check(context)))
}

/** The members that differ from most of the others; none when all are alike. */
export function minorities(groups: ReadonlyMap<string, readonly Member[]>): readonly (readonly [string, Member])[] {
  const bySize = [...groups].sort(([, a], [, b]) => b.length - a.length)
  return bySize.slice(1).flatMap(([value, members]) => members.map((member) => [value, member] as const))
}

/** What most members say. */
export function majority(groups: ReadonlyMap<string, readonly Member[]>): string {
  return [...groups].sort(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? ''
}
