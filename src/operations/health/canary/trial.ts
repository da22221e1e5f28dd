/* A member under trial: its session, and what came of its rounds. */
import type { TlsMaterial } from '../../../cluster/exchange.ts'
import { idOf, type ObservedMember, stateOf } from '../../../cluster/observe/model.ts'
import { clientPlace, noClientPort } from '../../../cluster/observe/source.ts'
import { ZkopsError } from '../../../support/errors.ts'
import { memberKey } from '../../ensemble/overview.ts'
import { type HeldSession, holdSession } from '../../live/held-session.ts'
import type { SessionAuth } from '../../live/session.ts'
import { PERCENTILES, type Percentile } from './limits.ts'
import { isFailure, type Round, runRound, STEPS, type Step, type Times } from './round.ts'

/** `state`: it is not even tried. */
export interface TrialFailure {
  readonly step: Step | 'state' | 'session'
  readonly error: ZkopsError
}

export interface Trial {
  readonly member: ObservedMember
  /** Null: it got none. */
  readonly held: HeldSession | null
  readonly connectMs: number | null
  readonly failure: TrialFailure | null
}

export interface TrialOptions {
  readonly tls: TlsMaterial | null
  readonly auth: SessionAuth | null
  readonly timeoutMs: number
}

/** Opens its session. Throws what is no matter of the servers. */
export async function openTrial(member: ObservedMember, options: TrialOptions): Promise<Trial> {
  const failed = (step: TrialFailure['step'], error: ZkopsError): Trial => ({
    ...{ member, held: null, connectMs: null },
    failure: { step, error },
  })
  const out = outOfQuestion(member)
  if (out !== undefined) return failed('state', out)
  const at = clientPlace({ place: member.place, tls: options.tls })
  if (at === null) return failed('session', noClientPort({ place: member.place }))
  const started = performance.now()
  try {
    const { host } = member.place
    const connect = `${host.includes(':') ? `[${host}]` : host}:${at.port}`
    const held = await holdSession({ ...options, connect, tls: at.tls })
    return { member, held, connectMs: performance.now() - started, failure: null }
  } catch (error) {
    if (!(error instanceof ZkopsError) || !error.code.startsWith('server.')) throw error
    return failed('session', error)
  }
}

function outOfQuestion(member: ObservedMember): ZkopsError | undefined {
  switch (stateOf(member)) {
    case 'down':
      return new ZkopsError('server.refused', member.failures.at(-1)?.message ?? 'it does not answer')
    case 'looking':
      return new ZkopsError('server.timeout', 'it answers, and does not serve: it has no leader, or is still starting')
    case 'read-only':
      return new ZkopsError('server.not-read-only', 'it only reads: it sees no quorum')
    default:
      return undefined
  }
}

export interface Tried extends Trial {
  readonly reader: ObservedMember | null
  readonly rounds: readonly Times[]
}

/** Its rounds, one after the other, until one fails or `isOver` says so. */
export async function runTrial(
  trial: Trial,
  reader: Trial,
  { count, isOver, ...round }: Omit<Round, 'writer' | 'reader'> & { count: number; isOver: () => boolean },
): Promise<Tried> {
  const rounds: Times[] = []
  const [writer, looking] = [trial.held!.session, reader.held!.session]
  while (rounds.length < count && !isOver()) {
    const result = await runRound({ ...round, writer, reader: looking })
    if (isFailure(result)) return { ...trial, reader: reader.member, rounds, failure: result }
    rounds.push(result)
  }
  return { ...trial, reader: reader.member, rounds }
}

export type StepTimes = Readonly<Record<Percentile | 'max', number>>

export interface CanaryMember {
  readonly id: number | null
  readonly host: string
  readonly clientPort: number | null
  readonly role: 'participant' | 'observer' | null
  readonly state: ReturnType<typeof stateOf>
  readonly ok: boolean
  /** Until its session was there. */
  readonly connectMs: number | null
  /** Of several rounds the medians; null: it did not come to that. */
  readonly createMs: number | null
  readonly readMs: number | null
  readonly watchMs: number | null
  readonly deleteMs: number | null
  /** Who looked; itself when no other member could. */
  readonly reader: string | null
  readonly rounds: number
  /** With --performance. */
  readonly performance: Readonly<Record<Step, StepTimes>> | null
  /** Why it is not ok. */
  readonly reason: string | null
}

export function canaryMember({ member, reader, rounds, connectMs, failure }: Tried, many: boolean): CanaryMember {
  const steps = rounds.length === 0 ? null : stepTimes(rounds)
  const { host, clientPort, securePort, role } = member.place
  return {
    ...{ id: idOf(member), host, clientPort: clientPort ?? securePort, role, state: stateOf(member) },
    ok: failure === null,
    connectMs: connectMs === null ? null : hundredths(connectMs),
    createMs: steps?.create.p50 ?? null,
    readMs: steps?.read.p50 ?? null,
    watchMs: steps?.watch.p50 ?? null,
    deleteMs: steps?.delete.p50 ?? null,
    reader: reader === null ? null : memberKey(reader),
    rounds: rounds.length,
    performance: many ? steps : null,
    reason: failure === null ? null : failure.error.message,
  }
}

function stepTimes(rounds: readonly Times[]): Readonly<Record<Step, StepTimes>> {
  const of = (step: Step) => percentilesOf(rounds.map((times) => times[step]))
  return Object.fromEntries(STEPS.map((step) => [step, of(step)])) as Record<Step, StepTimes>
}

/** By nearest rank: the smallest value that is at least as large as that share of all. */
export function percentilesOf(values: readonly number[]): StepTimes {
  const sorted = values.toSorted((a, b) => a - b)
  const rank = (share: number) => hundredths(sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)]!)
  const entries = PERCENTILES.map((name) => [name, rank(Number(name.slice(1)))] as const)
  return { ...(Object.fromEntries(entries) as Record<Percentile, number>), max: rank(100) }
}

const hundredths = (ms: number): number => Math.round(ms * 100) / 100
