/*
 * One verdict for an ensemble.
 *
 *   1. Wait for a random part of --splay.
 *   2. With a state file: take its lock, read what the run before left, and the silence that holds.
 *   3. Ask all members at the same time; once more when two of them say that they lead.
 *   4. Apply the rules.
 *   5. Write the state.
 *
 * Without a state file nothing is written anywhere, and nothing weighs but what is wrong now. A state that cannot be
 * read or written is told, and never hides the verdict.
 */
import { mkdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { stateOf } from '../../cluster/observe/model.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { withLock } from '../../support/lock.ts'
import { type MemberHealth, memberHealth } from '../ensemble/member-status.ts'
import { type FoundOptions, type ObservedTarget, observeFound, targetName } from '../ensemble/observe-target.ts'
import { isStandalone, memberKey } from '../ensemble/overview.ts'
import type { QuorumView } from '../ensemble/quorum.ts'
import { type FoundTarget, findTarget, type LiveOptions, type Target } from '../inventory/target.ts'
import { type HealthStatus, judge, nextState, statusOf } from './judge.ts'
import { chosenRules, type LimitFlags, limitsFrom } from './limits.ts'
import { lookCloser } from './look.ts'
import { type HealthMetric, metricsOf } from './metrics.ts'
import { activeSilence, type Silence } from './silence.ts'
import { type HealthState, readHealthState, stateFileOf, writeHealthState } from './state.ts'
import { expectationsOf, healthView } from './view.ts'

export interface CheckOptions extends LiveOptions, LimitFlags {
  readonly state: string | undefined
  readonly only: readonly string[]
  readonly skip: readonly string[]
  /** Look at this member alone. */
  readonly server: number | undefined
  /** Members on this machine may be looked at: disks, memory, configuration. */
  readonly local: boolean
  readonly splayMs: number
  readonly signal: AbortSignal
}

export interface HealthResult {
  readonly ensemble: string
  readonly status: HealthStatus
  readonly at: string
  readonly tookMs: number
  readonly leader: number | null
  readonly leaderUptimeMs: number | null
  readonly hasQuorum: boolean
  readonly standalone: boolean
  readonly quorum: QuorumView
  /** Voters that may serve as well, and cannot be looked at. */
  readonly unseenVoters: number
  readonly members: readonly MemberHealth[]
  readonly findings: readonly Finding[]
  /** Every rule that was applied. */
  readonly checks: readonly { readonly code: string; readonly status: 'ok' | 'warning' | 'critical' }[]
  readonly metrics: readonly HealthMetric[]
  readonly silence: Silence | null
  /** Where the next run finds what this one saw; null: nowhere. */
  readonly state: string | null
}

export async function checkHealth(options: CheckOptions): Promise<HealthResult> {
  const found = await findTarget(options)
  const { target } = found
  const rules = chosenRules(options.only, options.skip).filter(
    ({ perMember }) => perMember || options.server === undefined,
  )
  const limits = limitsFrom(target.thresholds, options)
  const ensembleFile = options.state ?? (target.ensemble === null ? null : stateFileOf(target.ensemble))
  // a probe of one server remembers for itself
  const apart = ensembleFile !== null && options.state === undefined && options.server !== undefined
  const file = apart ? stateFileOf(`${target.ensemble}.server-${options.server}`) : ensembleFile
  await sleep(Math.random() * options.splayMs, undefined, { signal: options.signal })
  if (file === null || ensembleFile === null) {
    return check({ found, rules, limits, options, file, before: null, problem: null, silence: null })
  }
  return locked(file, target, async () => {
    const { state: before, problem } = await readHealthState(file, stateTarget(target, options.server))
    const silence = await activeSilence(ensembleFile, new Date())
    return check({ found, rules, limits, options, file, before, problem, silence })
  })
}

interface Run {
  readonly found: FoundTarget
  readonly rules: ReturnType<typeof chosenRules>
  readonly limits: ReturnType<typeof limitsFrom>
  readonly options: CheckOptions
  readonly file: string | null
  readonly before: HealthState | null
  readonly problem: string | null
  readonly silence: Silence | null
}

async function check({ found, rules, limits, options, file, before, problem, silence }: Run): Promise<HealthResult> {
  const { target } = found
  const { overview, tookMs, name } = await observeSurely(found, { ...options, met: before?.places })
  const looked = await lookCloser(overview, target, { local: options.local, rules, signal: options.signal })
  const view = healthView(overview, expectationsOf(target), before, looked)
  const judged = judge(view, rules, limits, silence)
  const mine = options.server === undefined ? judged : aboutServer(judged, options.server)
  const notes = problem === null ? [] : [stateFinding('health.state-ignored', `this counts as a first run: ${problem}`)]
  const unwritten =
    file === null ? [] : await writeState(file, nextState(view, stateTarget(target, options.server), mine))
  // about files of this machine, not about the ensemble
  const aside = found.findings.map((finding) => ({ ...finding, severity: 'info' }) as const)
  const findings = [...mine, ...notes, ...unwritten, ...aside]
  return {
    ensemble: name,
    status: statusOf(view, findings),
    at: overview.at.toISOString(),
    tookMs: Math.round(tookMs),
    leader: overview.leader?.place.id ?? overview.leader?.answer?.id ?? null,
    leaderUptimeMs: overview.leader?.answer?.metrics.get('leader_uptime') ?? null,
    quorum: overview.quorum,
    unseenVoters: overview.unseenVoters,
    hasQuorum: overview.hasQuorum,
    standalone: isStandalone(overview),
    members: overview.members.map((member) => memberHealth(member, overview)),
    findings,
    checks: rules.map(({ code }) => ({ code, status: statusOfCheck(code, mine) })),
    metrics: metricsOf(overview, limits),
    silence,
    state: file,
  }
}

function statusOfCheck(code: string, findings: readonly Finding[]): 'ok' | 'warning' | 'critical' {
  const severities = findings.filter((finding) => finding.code === code).map(({ severity }) => severity)
  return severities.includes('error') ? 'critical' : severities.includes('warning') ? 'warning' : 'ok'
}

const RACE_MS = 1000

/** Two leaders for a moment are an old one that has not noticed yet; twice in a row they are two. */
async function observeSurely(found: FoundTarget, options: FoundOptions): Promise<ObservedTarget> {
  const { server, signal } = options
  const first = await observeFound(found, options)
  if (first.overview.members.filter((member) => stateOf(member) === 'leading').length < 2) return only(first, server)
  await sleep(RACE_MS, undefined, { signal })
  return only(await observeFound(found, options), server)
}

/** Throws `usage` when there is no such member. */
function only(observed: ObservedTarget, server: number | undefined): ObservedTarget {
  if (server === undefined) return observed
  const members = observed.overview.members.filter((member) => memberKey(member) === String(server))
  if (members.length === 0) throw new ZkopsError('usage', `${observed.name} has no server ${server}`)
  return { ...observed, overview: { ...observed.overview, members } }
}

function aboutServer(findings: readonly Finding[], server: number): readonly Finding[] {
  return findings.filter(({ member }) => member === undefined || member === String(server))
}

/** A state is about one target; that of a single server is another one than that of its ensemble. */
function stateTarget(target: Target, server: number | undefined): string {
  return server === undefined ? targetName(target) : `${targetName(target)} server ${server}`
}

/** Runs of the same target do not overlap. Where no lock can be made (a full disk), the check matters more. */
async function locked(file: string, { timeoutMs }: Target, run: () => Promise<HealthResult>): Promise<HealthResult> {
  const lock = join(dirname(file), `.${basename(file)}.lock`)
  let started = false
  const once = () => {
    started = true
    return run()
  }
  try {
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    const result = await withLock(lock, once, 2 * timeoutMs)
    if (result !== 'busy') return result
  } catch (error) {
    if (started) throw error
    return run()
  }
  throw new ZkopsError('refused.running', `another check of this target runs and keeps ${file}`, {
    hint: 'It ends within twice its timeout; start checks further apart.',
  })
}

async function writeState(file: string, state: Omit<HealthState, 'form'>): Promise<readonly Finding[]> {
  try {
    await writeHealthState(file, state)
    return []
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return [stateFinding('health.state-unwritten', `the next run will not know of this one: ${why}`)]
  }
}

function stateFinding(code: 'health.state-ignored' | 'health.state-unwritten', message: string): Finding {
  return { code, severity: code === 'health.state-unwritten' ? 'warning' : 'info', message }
}
