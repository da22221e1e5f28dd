/* One member as results tell it, and its numbers. */
import {
  counterOf,
  epochOf,
  idOf,
  type MemberState,
  type ObservedMember,
  type Source,
  stateOf,
} from '../../cluster/observe/model.ts'
import type { Overview } from './overview.ts'

export interface MemberHealth {
  readonly id: number | null
  readonly host: string
  readonly clientPort: number | null
  readonly role: 'participant' | 'observer' | null
  readonly state: MemberState
  readonly version: string | null
  readonly zxid: bigint | null
  /** Transactions behind the leader; null where they cannot be compared. */
  readonly lag: number | null
  /** Its average request latency. */
  readonly latencyMs: number | null
  /** How long its answer took. */
  readonly answerMs: number | null
  readonly via: Source | null
  /** Why there is no answer. */
  readonly reason: string | null
}

export interface MemberStatus extends MemberHealth {
  readonly outstanding: number | null
  readonly connections: number | null
  readonly znodes: number | null
  readonly ephemerals: number | null
  readonly watches: number | null
  readonly dataBytes: number | null
  /** In its role; 3.6 on. */
  readonly uptimeMs: number | null
  readonly configVersion: bigint | null
}

export function memberHealth(member: ObservedMember, overview: Overview): MemberHealth {
  const { place, answer, failures } = member
  return {
    id: idOf(member),
    host: place.host,
    clientPort: place.clientPort ?? place.securePort,
    role: place.role,
    state: stateOf(member),
    version: answer?.version ?? null,
    zxid: answer?.zxid ?? null,
    lag: lagOf(member, overview),
    latencyMs: answer?.metrics.get('avg_latency') ?? null,
    answerMs: answer === null ? null : Math.round(answer.answerMs),
    via: answer?.via ?? null,
    reason: answer === null ? (failures.at(-1)?.message ?? null) : null,
  }
}

export function memberStatus(member: ObservedMember, overview: Overview): MemberStatus {
  const metric = (name: string) => member.answer?.metrics.get(name) ?? null
  return {
    ...memberHealth(member, overview),
    outstanding: metric('outstanding_requests'),
    connections: metric('num_alive_connections'),
    znodes: metric('znode_count'),
    ephemerals: metric('ephemerals_count'),
    watches: metric('watch_count'),
    dataBytes: metric('approximate_data_size'),
    uptimeMs: metric('uptime'),
    configVersion: member.answer?.membership?.version ?? null,
  }
}

/**
 * A follower is asked at another moment than the leader, so it may seem ahead; and until the first transaction of an
 * epoch it shows the last one of the epoch before.
 */
export function lagOf({ answer }: ObservedMember, { leader }: Overview): number | null {
  const behind = answer?.zxid ?? null
  const ahead = leader?.answer?.zxid ?? null
  if (behind === null || ahead === null) return null
  if (epochOf(behind) === epochOf(ahead)) return Math.max(0, Number(ahead - behind))
  return epochOf(behind) < epochOf(ahead) ? Number(counterOf(ahead)) : 0
}
