/* What the rules look at: the ensemble now, what the run before saw, and what the inventory says. */
import { idOf, type ObservedMember } from '../../cluster/observe/model.ts'
import { memberKey, type Overview } from '../ensemble/overview.ts'
import type { Target } from '../inventory/target.ts'
import { type Looked, NOT_LOOKED } from './look.ts'
import type { HealthState, MemberMemory } from './state.ts'

export interface Expectations {
  /** Ids and roles that the inventory or the zoo.cfg names; null when nobody named them. */
  readonly servers: readonly { readonly id: number; readonly role: 'participant' | 'observer' }[] | null
  /** Failure domain by id; empty when they are not known. */
  readonly zones: ReadonlyMap<number, string>
  /** More than one server was named. */
  readonly ensemble: boolean
}

export function expectationsOf({ servers, connect, source }: Target): Expectations {
  const zones = servers.flatMap(({ id, zone }) => (zone === null ? [] : [[id, zone] as const]))
  return {
    servers: servers.length === 0 ? null : servers.map(({ id, role }) => ({ id, role })),
    zones: new Map(source.kind === 'inventory' ? zones : []),
    ensemble: servers.length > 1 || (servers.length === 0 && connect.length > 1),
  }
}

export interface Breach {
  /** Runs in a row in which it was seen, this one included. */
  readonly runs: number
  /** Since it was first seen in a row; 0 when it was not seen in the run before. */
  readonly forMs: number
}

export interface HealthView extends Overview, Looked {
  readonly expected: Expectations
  /** What the run before left; null on the first run and without a state file. */
  readonly before: HealthState | null
  /** Since the run before. */
  readonly elapsedMs: number | null
  breach(code: string, member: string | null): Breach
  remembered(member: ObservedMember): MemberMemory | null
  /** How much a counter has grown; null without an earlier value, or when the process was started anew. */
  delta(member: ObservedMember, name: string): number | null
  /** How much of it falls into so long; no more than what was seen, however short the time between the runs was. */
  within(member: ObservedMember, name: string, ms: number): number | null
  /** How long ensemble members may take to synchronise: initLimit ticks. */
  initLimitMs(): number
  syncLimitMs(): number
}

export function healthView(
  overview: Overview,
  expected: Expectations,
  before: HealthState | null,
  looked: Looked = NOT_LOOKED,
): HealthView {
  const elapsedMs = before === null ? null : overview.at.getTime() - Date.parse(before.at)
  const remembered = (member: ObservedMember) => before?.members[memberKey(member)] ?? null
  const delta = (member: ObservedMember, name: string) => {
    const now = member.answer?.metrics.get(name)
    const then = remembered(member)?.metrics[name]
    return now === undefined || then === undefined || now < then ? null : now - then
  }
  return {
    ...overview,
    expected,
    ...looked,
    before,
    elapsedMs,
    remembered,
    delta,
    within: (member, name, ms) => {
      const grown = delta(member, name)
      return grown === null ? null : (grown * ms) / Math.max(ms, elapsedMs ?? 0)
    },
    breach: (code, member) => {
      const earlier = before?.breaches[breachKey(code, member)]
      if (earlier === undefined) return { runs: 1, forMs: 0 }
      return { runs: earlier.runs + 1, forMs: overview.at.getTime() - Date.parse(earlier.since) }
    },
    initLimitMs: () => ticks(overview, 'initLimit', 10),
    syncLimitMs: () => ticks(overview, 'syncLimit', 5),
  }
}

export const breachKey = (code: string, member: string | null): string => `${code} ${member ?? ''}`

function ticks({ members }: Overview, setting: string, otherwise: number): number {
  const numbers = members.map(({ answer }) => ({
    ticks: Number(answer?.settings.get(setting) ?? otherwise),
    tickMs: Number(answer?.settings.get('tickTime') ?? 2000),
  }))
  const longest = Math.max(...numbers.map((one) => one.ticks * one.tickMs))
  return Number.isFinite(longest) ? longest : otherwise * 2000
}

/** Voters among the members. */
export function votersAmong({ members, membership }: Overview): readonly ObservedMember[] {
  return members.filter((member) => {
    const line = membership?.servers.get(BigInt(idOf(member) ?? -1))
    return (line?.role ?? member.place.role ?? 'participant') === 'participant'
  })
}
