/*
 * A canary on every member:
 *
 *   1. All members are asked how they are; a session is opened with each that serves, at the same time.
 *   2. Znodes of runs that are proved to be dead are removed.
 *   3. Each member has its rounds (round.ts), and the next one looks; all members at the same time.
 *   4. The parent goes if it is ours and empty; all sessions are closed.
 *
 * Guarantees: what it leaves when it is killed at any moment is one ephemeral for each member, gone with its session,
 * and the parent, a container. An interruption ends it between two rounds, and cleans up.
 */
import { randomBytes } from 'node:crypto'
import { loadNativeClient } from '../../../cluster/client/load.ts'
import type { ObservedMember } from '../../../cluster/observe/model.ts'
import { releaseOf } from '../../../config/release.ts'
import { interrupted, ZkopsError } from '../../../support/errors.ts'
import type { Finding } from '../../../support/finding.ts'
import { areAllMembers, membersUnknown } from '../../ensemble/clients/ask-all.ts'
import { observeFound, tlsMaterial } from '../../ensemble/observe-target.ts'
import { memberKey } from '../../ensemble/overview.ts'
import { findTarget, type LiveOptions } from '../../inventory/target.ts'
import { authOf, behind, type LiveContext } from '../../live/session.ts'
import { checkPath } from '../../znode/znode.ts'
import type { HealthStatus } from '../judge.ts'
import type { LimitFlags } from '../limits.ts'
import { type HealthMetric, hostText } from '../metrics.ts'
import type { Limits } from '../rule.ts'
import { failureFinding, leftFindings, slowFindings, statusOf, timesOf } from './judge.ts'
import { canaryLimits } from './limits.ts'
import { type CanaryParent, canaryName, type ParentEnd, removeLeftOvers, removeParent } from './parent.ts'
import {
  type CanaryMember,
  canaryMember,
  openTrial,
  runTrial,
  type Trial,
  type TrialOptions,
  type Tried,
} from './trial.ts'

export interface CanaryOptions extends LiveOptions, LimitFlags {
  /** Made and deleted when it is not there; else used as it is. Behind the chroot. */
  readonly parent: string
  /** How many on each member, judged by percentiles; undefined: one, judged by itself. */
  readonly performance: number | undefined
}

export interface CanaryResult {
  readonly ensemble: string
  readonly at: string
  readonly tookMs: number
  readonly status: HealthStatus
  /** With --performance. */
  readonly verdict: 'pass' | 'fail' | null
  readonly parent: string
  readonly rounds: number
  readonly members: readonly CanaryMember[]
  readonly findings: readonly Finding[]
  readonly metrics: readonly HealthMetric[]
}

/** Throws `usage.*`, `input.*`, `environment.native-client`; what members do wrong is part of the result. */
export async function runCanary(options: CanaryOptions, { ask, signal }: LiveContext): Promise<CanaryResult> {
  checkPath(options.parent)
  const found = await findTarget(options)
  const { target } = found
  const limits = canaryLimits(target.thresholds, options)
  await loadNativeClient()
  const { timeoutMs } = target
  const access = { auth: await authOf(target, ask), tls: await tlsMaterial(target.tls), timeoutMs }
  const started = performance.now()
  const observed = await observeFound(found, { signal })
  const { name, overview } = observed
  const parent = { path: behind(target.chroot, options.parent), container: overview.members.every(knowsContainers) }
  const count = options.performance ?? 1
  const plan = { parent, count, timeoutMs, isOver: () => signal.aborted }
  const { tried, removed, end } = await withTrials(overview.members, access, (trials) => runTrials(trials, plan))
  if (signal.aborted) throw interrupted()
  const members = tried.map((one) => canaryMember(one, options.performance !== undefined))
  const findings = [
    ...tried.flatMap(failureFinding),
    ...members.flatMap((member, i) => slowFindings(member, memberKey(tried[i]!.member), limits)),
    ...leftFindings(options.parent, removed, end),
    ...(areAllMembers(observed) ? [] : [membersUnknown(members.length)]),
    // about files of this machine, not about the ensemble
    ...found.findings.map((finding) => ({ ...finding, severity: 'info' }) as const),
  ]
  const status = statusOf(members, findings)
  return {
    ensemble: name,
    at: overview.at.toISOString(),
    tookMs: Math.round(performance.now() - started),
    status,
    verdict: options.performance === undefined ? null : status === 'ok' ? 'pass' : 'fail',
    parent: options.parent,
    rounds: count,
    members,
    findings,
    metrics: members.flatMap((member) => metricsOf(member, limits)),
  }
}

/** Whose release is not known is taken for an old one: what it does not know might hang. */
function knowsContainers({ answer }: ObservedMember): boolean {
  return answer === null || (releaseOf(answer.version ?? '')?.minor ?? 4) >= 5
}

/** Every session is closed, also when one of them could not even be tried. */
async function withTrials<T>(
  members: readonly ObservedMember[],
  access: TrialOptions,
  work: (trials: readonly Trial[]) => Promise<T>,
): Promise<T> {
  const opening = members.map((member) => openTrial(member, access))
  try {
    return await work(await Promise.all(opening))
  } finally {
    const opened = await Promise.allSettled(opening)
    await Promise.all(opened.map((one) => (one.status === 'fulfilled' ? one.value.held?.close() : undefined)))
  }
}

interface Outcome {
  readonly tried: readonly Tried[]
  readonly removed: number
  readonly end: ParentEnd | 'unknown'
}

interface Plan {
  readonly parent: CanaryParent
  readonly count: number
  readonly timeoutMs: number
  readonly isOver: () => boolean
}

async function runTrials(trials: readonly Trial[], plan: Plan): Promise<Outcome> {
  const open = trials.filter(({ held }) => held !== null)
  if (open.length === 0) return { tried: trials.map(untried), removed: 0, end: 'gone' }
  const removed = (await calm(() => removeLeftOvers(open[0]!.held!.session, plan.parent))) ?? 0
  const run = randomBytes(6).toString('hex')
  const tried = await Promise.all(
    trials.map((trial) => {
      if (trial.held === null) return untried(trial)
      const reader = open[(open.indexOf(trial) + 1) % open.length]!
      const below = plan.parent.path === '/' ? '' : plan.parent.path
      const path = `${below}/${canaryName(run, memberKey(trial.member))}`
      return runTrial(trial, reader, { ...plan, path })
    }),
  )
  const best = tried
    .filter(({ held }) => held !== null)
    .sort((a, b) => Number(a.failure !== null) - Number(b.failure !== null))
  return { tried, removed, end: await removeBy(best, plan.parent) }
}

const untried = (trial: Trial): Tried => ({ ...trial, reader: null, rounds: [] })

/** By the first member that answers; a second one may, more would take too long. */
async function removeBy(members: readonly Tried[], parent: CanaryParent): Promise<ParentEnd | 'unknown'> {
  for (const { held } of members.slice(0, 2)) {
    const end = await calm(() => removeParent(held!.session, parent))
    if (end !== undefined) return end
  }
  return 'unknown'
}

/** Undefined for what a server refuses. */
async function calm<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ZkopsError) return undefined
    throw error
  }
}

function metricsOf(member: CanaryMember, limits: ReadonlyMap<string, Limits>): readonly HealthMetric[] {
  return timesOf(member).map(([name, value]) => {
    const { warn, critical } = limits.get(name)!
    const host = hostText(member.host, member.clientPort)
    return { name: name.replace('-', '_'), member: member.id, host, value, unit: 'ms', warn, critical }
  })
}
