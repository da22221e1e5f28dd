/*
 * What the members of an ensemble do, look after look, with what happened in between.
 *
 *   1. All members are asked at the same time. Nobody is waited for longer than a little; who has not answered by then is
 *      shown as it was, with the age of its answer.
 *   2. Rates are those between two answers of the same member, whatever looks they belong to.
 *   3. Who is connected is asked of members that may be asked for it and have few enough connections, because the answer
 *      costs them more with each.
 *
 * Only the look before and some hundred numbers are kept, so memory stays as it is.
 */
import { readConnections } from '../../../cluster/observe/connections.ts'
import type { ObserveOptions } from '../../../cluster/observe/model.ts'
import { type PatientAsk, patientAsk } from '../../../cluster/observe/patient.ts'
import { type LooksOptions, looksAt } from '../looks.ts'
import { type MemberStatus, memberStatus } from '../member-status.ts'
import { type ObservedTarget, tlsMaterial } from '../observe-target.ts'
import { memberKey } from '../overview.ts'
import { type EnsembleStatus, statusOf } from '../status.ts'
import { clientsOf, type MemberConnections, type TopClient } from './clients.ts'
import { NO_HISTORY, remembered, type TopHistory } from './history.ts'
import { type Moment, NO_RATES, type Rates, ratesBetween } from './rates.ts'

export interface TopMember extends MemberStatus {
  readonly requestsPerS: number | null
  readonly writesPerS: number | null
  /** Mean of what was answered since the look before; 3.6 on. */
  readonly recentLatencyMs: number | null
  /** How old what is shown of it is; null: it has not answered. */
  readonly ageMs: number | null
}

export interface TopLook extends Omit<EnsembleStatus, 'members'> {
  readonly members: readonly TopMember[]
  readonly requestsPerS: number | null
  readonly writesPerS: number | null
  readonly latencyMs: number | null
  readonly connections: number | null
  /** Null: nobody was asked for them. */
  readonly clients: readonly TopClient[] | null
  /** Addresses beyond those in `clients`. */
  readonly clientsLeftOut: number
  /** Members whose connections are not in `clients`, and why. */
  readonly clientsMissing: readonly { readonly member: string; readonly why: 'not-told' | 'too-many' }[]
}

export interface TopPicture {
  readonly look: TopLook
  readonly history: TopHistory
  readonly everyMs: number
}

export interface TopOptions extends LooksOptions {
  /** Asked before each look. */
  readonly wantsClients: () => boolean
  /** Members with more connections are not asked who they are. */
  readonly mostConnections: number
}

const PATIENCE_MS = 1000
const MOST_CLIENTS = 200

export async function* watchTop(options: TopOptions, signal: AbortSignal): AsyncGenerator<TopPicture> {
  const patient = patientAsk(Math.min(PATIENCE_MS, options.everyMs))
  let known: ReadonlyMap<string, Known> = new Map()
  let connected: readonly MemberConnections[] = []
  let history = NO_HISTORY
  for await (const look of looksAt({ ...options, ask: patient.ask }, signal)) {
    const now = performance.now()
    known = learned(known, look, patient)
    const asked = options.wantsClients() ? await askConnections(look, options, patient, signal) : null
    const clients = asked === null ? null : clientsOf(connected, asked.told)
    connected = asked?.told ?? []
    const top = topLook(look, known, now, clients, asked?.others ?? [])
    history = remembered(history, top)
    yield { look: top, history, everyMs: options.everyMs }
  }
}

interface Known {
  readonly moment: Moment
  readonly rates: Rates
}

function learned(before: ReadonlyMap<string, Known>, look: ObservedTarget, patient: PatientAsk): Map<string, Known> {
  return new Map(
    look.overview.members.flatMap((member): [string, Known][] => {
      const { answer } = member
      if (answer === null) return []
      const key = memberKey(member)
      const then = before.get(key)
      if (then?.moment.answer === answer) return [[key, then]]
      const moment = { answer, atMs: patient.answeredAt(answer) ?? performance.now() }
      return [[key, { moment, rates: then === undefined ? NO_RATES : ratesBetween(then.moment, moment) }]]
    }),
  )
}

function topLook(
  look: ObservedTarget,
  known: ReadonlyMap<string, Known>,
  now: number,
  clients: readonly TopClient[] | null,
  others: TopLook['clientsMissing'],
): TopLook {
  const { overview } = look
  const all = overview.members.map((member) => known.get(memberKey(member)))
  const rates = all.map((one) => one?.rates ?? NO_RATES)
  const members = overview.members.map((member, i): TopMember => {
    const { requestsPerS, writesPerS, timed } = rates[i]!
    const at = all[i]?.moment.atMs
    return {
      ...memberStatus(member, overview),
      ...{ requestsPerS, writesPerS, recentLatencyMs: meanOf([timed]) },
      ageMs: at === undefined ? null : Math.max(0, Math.round(now - at)),
    }
  })
  return {
    ...statusOf(look),
    members,
    requestsPerS: sumOf(members.map(({ requestsPerS }) => requestsPerS)),
    // members behind apply what the others had before
    writesPerS: mostOf(members.map(({ writesPerS }) => writesPerS)),
    latencyMs: meanOf(rates.map(({ timed }) => timed)),
    connections: sumOf(members.map(({ connections }) => connections)),
    clients: clients?.slice(0, MOST_CLIENTS) ?? null,
    clientsLeftOut: Math.max(0, (clients?.length ?? 0) - MOST_CLIENTS),
    clientsMissing: others,
  }
}

const given = (values: readonly (number | null)[]): readonly number[] => values.filter((value) => value !== null)

function sumOf(values: readonly (number | null)[]): number | null {
  const numbers = given(values)
  return numbers.length === 0 ? null : numbers.reduce((sum, value) => sum + value, 0)
}

function mostOf(values: readonly (number | null)[]): number | null {
  const numbers = given(values)
  return numbers.length === 0 ? null : Math.max(...numbers)
}

function meanOf(all: readonly Rates['timed'][]): number | null {
  const count = all.reduce((sum, timed) => sum + (timed?.count ?? 0), 0)
  return count === 0 ? null : all.reduce((sum, timed) => sum + (timed?.totalMs ?? 0), 0) / count
}

/** Of those that have answered in this look: one that hangs is not asked again and again. */
async function askConnections(
  look: ObservedTarget,
  { mostConnections }: TopOptions,
  patient: PatientAsk,
  signal: AbortSignal,
) {
  const began = performance.now() - look.tookMs
  const options: ObserveOptions = { timeoutMs: PATIENCE_MS, tls: await tlsMaterial(look.target.tls), signal }
  const told: MemberConnections[] = []
  const others: TopLook['clientsMissing'][number][] = []
  await Promise.all(
    look.overview.members.map(async (one) => {
      const member = memberKey(one)
      const answered = one.answer === null ? undefined : patient.answeredAt(one.answer)
      if ((one.answer?.metrics.get('num_alive_connections') ?? 0) > mostConnections) {
        others.push({ member, why: 'too-many' })
        return
      }
      const fresh = answered !== undefined && answered >= began
      const all = fresh ? await readConnections(one, options) : NOT_ASKED
      // without a session: none yet, or somebody who only asks
      const connections = all.connections.filter(({ session }) => session !== null)
      if (all.via === null) others.push({ member, why: 'not-told' })
      else told.push({ member, atMs: performance.now(), connections })
    }),
  )
  return { told, others: others.sort((a, b) => (a.member < b.member ? -1 : 1)) }
}

const NOT_ASKED = { via: null, connections: [] } as const
