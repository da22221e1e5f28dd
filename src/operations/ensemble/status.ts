/* What an ensemble does right now: every member in a row, and what is wrong. Nothing is kept between two looks. */
import { idOf } from '../../cluster/observe/model.ts'
import type { Finding } from '../../support/finding.ts'
import { judge } from '../health/judge.ts'
import { limitsFrom } from '../health/limits.ts'
import { RULES } from '../health/rules/index.ts'
import { expectationsOf, healthView } from '../health/view.ts'
import { type MemberStatus, memberStatus } from './member-status.ts'
import { type LiveOptions, type ObservedTarget, observeTarget } from './observe-target.ts'
import { isStandalone } from './overview.ts'
import type { QuorumView } from './quorum.ts'

export interface EnsembleStatus {
  readonly ensemble: string
  readonly at: string
  readonly tookMs: number
  readonly leader: number | null
  readonly leaderUptimeMs: number | null
  readonly quorum: QuorumView
  /** Voters that may serve as well, and cannot be looked at. */
  readonly unseenVoters: number
  /** Whether those that serve are enough to decide. */
  readonly hasQuorum: boolean
  readonly standalone: boolean
  readonly configVersion: bigint | null
  readonly members: readonly MemberStatus[]
  readonly findings: readonly Finding[]
}

/** Throws `usage.*` and `input.*`; members that do not answer are part of the result. */
export async function ensembleStatus(options: LiveOptions, signal: AbortSignal): Promise<EnsembleStatus> {
  return statusOf(await observeTarget(options, signal))
}

export function statusOf({ target, name, overview, tookMs, findings }: ObservedTarget): EnsembleStatus {
  const view = healthView(overview, expectationsOf(target), null)
  const limits = limitsFrom(target.thresholds, { warn: [], critical: [] })
  return {
    ensemble: name,
    at: overview.at.toISOString(),
    tookMs: Math.round(tookMs),
    leader: overview.leader === null ? null : idOf(overview.leader),
    leaderUptimeMs: overview.leader?.answer?.metrics.get('leader_uptime') ?? null,
    quorum: overview.quorum,
    unseenVoters: overview.unseenVoters,
    hasQuorum: overview.hasQuorum,
    standalone: isStandalone(overview),
    configVersion: overview.membership?.version ?? null,
    members: overview.members.map((member) => memberStatus(member, overview)),
    findings: [...judge(view, RULES, limits, null), ...findings],
  }
}
