/* Which clients have how many connections, with which member, and how near that is to what a member allows. */
import type { Finding } from '../../../support/finding.ts'
import { groupBy } from '../../../support/group.ts'
import type { LiveOptions } from '../../inventory/target.ts'
import { memberKey } from '../overview.ts'
import {
  askEnsemble,
  type ClientMember,
  clientMember,
  connectionsOfAll,
  type MemberConnections,
  type Placed,
  placedOf,
  topOf,
  untoldFindings,
} from './ask-all.ts'
import { CLIENT_REMEDIES } from './findings.ts'

export interface ConnectionsOptions extends LiveOptions {
  /** Clients that are told. */
  readonly top: number
}

export interface ConnectionsMember extends ClientMember {
  /** Null: not told. */
  readonly connections: number | null
  readonly secure: number | null
  /** maxClientCnxns; 0: no limit; null: not told. */
  readonly limit: number | null
}

export interface ClientAt {
  readonly member: string
  readonly secure: boolean
  readonly connections: number
  /** Share of the limit, in percent; null: no limit, or not told. */
  readonly limitPercent: number | null
}

export interface Client {
  readonly address: string
  readonly connections: number
  readonly sessions: number
  /** Connections that have no session: words, and clients that are connecting. */
  readonly withoutSession: number
  /** Requests that wait. */
  readonly queued: number
  readonly received: number
  readonly sent: number
  /** Of its oldest connection. */
  readonly since: string | null
  /** With most connections first. */
  readonly at: readonly ClientAt[]
}

export interface EnsembleConnections {
  readonly ensemble: string
  readonly at: string
  readonly connections: number
  /** Addresses. */
  readonly clientCount: number
  readonly members: readonly ConnectionsMember[]
  /** With most connections first. */
  readonly clients: readonly Client[]
  readonly omittedClients: number
  readonly findings: readonly Finding[]
}

/** Throws as findTarget does; what members do not tell is part of the result. */
export async function ensembleConnections(
  options: ConnectionsOptions,
  signal: AbortSignal,
): Promise<EnsembleConnections> {
  const ensemble = await askEnsemble(options, signal)
  const told = await connectionsOfAll(ensemble)
  const limits = new Map(told.map(({ member, limit }) => [memberKey(member), limit]))
  const placed = placedOf(told)
  const clients = clientsOf(placed, limits)
  const { shown, omitted } = topOf(clients, options.top)
  return {
    ensemble: ensemble.name,
    at: ensemble.overview.at.toISOString(),
    connections: placed.length,
    clientCount: clients.length,
    members: told.map(memberOf),
    clients: shown,
    omittedClients: omitted,
    findings: [
      ...clients.flatMap(nearLimit).slice(0, MOST_FINDINGS),
      ...untoldFindings('connections', told),
      ...ensemble.findings,
    ],
  }
}

function memberOf({ member, via, connections, limit }: MemberConnections): ConnectionsMember {
  const secure = via === null ? null : connections.filter((one) => one.secure).length
  return { ...clientMember(member, via), connections: via === null ? null : connections.length, secure, limit }
}

/** By address, with most connections first. */
export function clientsOf(placed: readonly Placed[], limits: ReadonlyMap<string, number | null>): readonly Client[] {
  const byAddress = groupBy(placed, ({ connection }) => connection.address)
  return [...byAddress]
    .map(([address, own]) => clientOf(address, own, limits))
    .sort((a, b) => b.connections - a.connections || (a.address < b.address ? -1 : 1))
}

function clientOf(address: string, own: readonly Placed[], limits: ReadonlyMap<string, number | null>): Client {
  const ids = own.flatMap(({ connection }) => connection.session ?? [])
  const sum = (of: (one: Placed['connection']) => number) =>
    own.reduce((total, { connection }) => total + of(connection), 0)
  const times = own.flatMap(({ connection }) => connection.establishedAt?.getTime() ?? [])
  const oldest = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY)
  return {
    ...{ address, connections: own.length, sessions: new Set(ids).size, withoutSession: own.length - ids.length },
    ...{
      queued: sum(({ queued }) => queued),
      received: sum(({ received }) => received),
      sent: sum(({ sent }) => sent),
    },
    since: times.length === 0 ? null : new Date(oldest).toISOString(),
    at: placesOf(own, limits),
  }
}

/** The limit is for each client port of each member. */
function placesOf(own: readonly Placed[], limits: ReadonlyMap<string, number | null>): readonly ClientAt[] {
  const byPort = groupBy(own, ({ member, connection }) => `${member} ${connection.secure}`)
  return [...byPort.values()]
    .map((some): ClientAt => {
      const { member, connection } = some[0]!
      const limit = limits.get(member) ?? 0
      const limitPercent = limit === 0 ? null : Math.round((some.length * 100) / limit)
      return { member, secure: connection.secure, connections: some.length, limitPercent }
    })
    .sort((a, b) => b.connections - a.connections || (a.member < b.member ? -1 : 1))
}

/** The worst clients come first. */
const MOST_FINDINGS = 20
const WARN_PERCENT = 80
const ERROR_PERCENT = 95

function nearLimit({ address, at }: Client): readonly Finding[] {
  return at.flatMap(({ member, secure, connections, limitPercent }): readonly Finding[] => {
    if (limitPercent === null || limitPercent < WARN_PERCENT) return []
    const code = 'clients.near-limit'
    const severity = limitPercent >= ERROR_PERCENT ? 'error' : 'warning'
    const port = secure ? 'its TLS port' : 'it'
    const message = `${address} has ${connections} connections with ${port}, ${limitPercent}% of what one address may have`
    const evidence = { address, secure, connections, limitPercent }
    return [{ code, severity, message, member, evidence, remedy: CLIENT_REMEDIES[code] }]
  })
}
