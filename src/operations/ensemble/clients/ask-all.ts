/* What all members tell of their clients, and what they do not tell. */
import type { AskOptions, Untold } from '../../../cluster/observe/ask.ts'
import { type Connection, type ConnectionsTold, readConnections } from '../../../cluster/observe/connections.ts'
import { idOf, type MemberState, type ObservedMember, stateOf } from '../../../cluster/observe/model.ts'
import type { Finding } from '../../../support/finding.ts'
import { pooled } from '../../../support/pool.ts'
import { findTarget, type LiveOptions } from '../../inventory/target.ts'
import { type ObservedTarget, observeFound, tlsMaterial } from '../observe-target.ts'
import { isStandalone, memberKey } from '../overview.ts'
import { CLIENT_REMEDIES } from './findings.ts'

/** Long answers are in memory one beside the other. */
const AT_ONCE = 4

export interface AskedEnsemble extends ObservedTarget {
  readonly members: readonly ObservedMember[]
  /** No member is missing. */
  readonly isWhole: boolean
  /** Of members that answer at all, at the same time, a few at once. */
  all<T>(ask: (member: ObservedMember, options: AskOptions) => Promise<T>): Promise<readonly T[]>
  one<T>(member: ObservedMember, ask: (member: ObservedMember, options: AskOptions) => Promise<T>): Promise<T>
}

/** Throws as findTarget does. */
export async function askEnsemble(options: LiveOptions, signal: AbortSignal): Promise<AskedEnsemble> {
  const found = await findTarget(options)
  const { timeoutMs } = found.target
  const ask = { timeoutMs, tls: await tlsMaterial(found.target.tls), signal }
  const observed = await observeFound(found, { signal })
  const { members } = observed.overview
  const isWhole = areAllMembers(observed)
  return {
    ...observed,
    findings: isWhole ? observed.findings : [...observed.findings, membersUnknown(members.length)],
    ...{ members, isWhole },
    all: (question) => pooled(members, AT_ONCE, (member) => question(member, ask)),
    one: (member, question) => question(member, ask),
  }
}

/** The voting view of AdminServers leaves out observers; in 3.4 no server tells who the others are. */
export function areAllMembers({ target, overview }: Pick<ObservedTarget, 'target' | 'overview'>): boolean {
  const { members, membership, leader } = overview
  if (isStandalone(overview) || target.servers.length > 0) return true
  if (membership !== null && membership.from !== 'voting-view') return true
  const learners = leader?.answer?.metrics.get('learners')
  return learners !== undefined && learners < members.length
}

export function membersUnknown(named: number): Finding {
  const code = 'clients.members-unknown'
  const message = `there may be more members than the ${named} that were asked: nothing is known of those`
  return { code, severity: 'info', message, evidence: { named }, remedy: CLIENT_REMEDIES[code] }
}

/** A member's connections, and how many clients may have. */
export interface MemberConnections extends ConnectionsTold {
  readonly member: ObservedMember
  /** Of one address, on each client port; 0: as many as it wants; null: not told. */
  readonly limit: number | null
}

export async function connectionsOfAll({ all }: AskedEnsemble): Promise<readonly MemberConnections[]> {
  return all(async (member, options) => {
    const limit = member.answer?.settings.get('maxClientCnxns') ?? ''
    const told = await readConnections(member, options)
    return { ...told, member, limit: /^\d{1,9}$/.test(limit) ? Number(limit) : null }
  })
}

/** One connection and where it is. */
export interface Placed {
  readonly member: string
  readonly connection: Connection
}

export function placedOf(told: readonly MemberConnections[]): readonly Placed[] {
  return told.flatMap(({ member, connections }) => {
    const key = memberKey(member)
    return connections.map((connection) => ({ member: key, connection }))
  })
}

export interface ClientMember {
  readonly id: number | null
  readonly host: string
  readonly clientPort: number | null
  readonly state: MemberState
  readonly version: string | null
  /** Who told it; null: nobody. */
  readonly via: 'admin' | '4lw' | null
}

export function clientMember(member: ObservedMember, via: ClientMember['via']): ClientMember {
  const { host, clientPort, securePort } = member.place
  return {
    ...{ id: idOf(member), host, clientPort: clientPort ?? securePort },
    ...{ state: stateOf(member), version: member.answer?.version ?? null, via },
  }
}

/** `what` is missing, for each reason. */
export function untoldFindings(
  what: string,
  told: readonly { readonly member: ObservedMember; readonly untold: readonly Untold[] }[],
): readonly Finding[] {
  return told.flatMap(({ member, untold }) =>
    untold.map(({ why, setting }): Finding => {
      const code = 'clients.not-told'
      const remedy =
        setting === null ? CLIENT_REMEDIES[code] : `Set ${setting} to see it, or let the AdminServer answer.`
      const message = `${what} of it are not known: ${why}`
      return { code, severity: 'warning', message, member: memberKey(member), evidence: { setting }, remedy }
    }),
  )
}

/** A list cut to what was asked for. */
export interface Top<T> {
  readonly shown: readonly T[]
  readonly omitted: number
}

export function topOf<T>(sorted: readonly T[], most: number): Top<T> {
  return { shown: sorted.slice(0, most), omitted: Math.max(0, sorted.length - most) }
}
