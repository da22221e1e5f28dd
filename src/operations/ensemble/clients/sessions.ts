/*
 * Who holds what: sessions with the client and the member that they are connected with, and their ephemerals.
 *
 *   1. All members tell their connections.
 *   2. Only with `heavy`: one member, the leader first, dumps all sessions and ephemerals, which are the same on all;
 *      then all members tell their connections again.
 *   3. With a path: whose ephemeral it is, by the dump, else by a client's session.
 *
 * A session that holds ephemerals and was connected nowhere, neither before nor behind the dump, is told; never when a
 * member is not known, or did not tell all of its connections.
 */
import { type Dump, type DumpTold, readDump } from '../../../cluster/observe/ephemerals.ts'
import { type ObservedMember, stateOf } from '../../../cluster/observe/model.ts'
import type { Finding } from '../../../support/finding.ts'
import { hex64 } from '../../../support/hex.ts'
import type { LiveOptions } from '../../inventory/target.ts'
import { behind, type LiveContext, withLiveSession } from '../../live/session.ts'
import { checkPath, noZnode } from '../../znode/znode.ts'
import { memberKey } from '../overview.ts'
import {
  type AskedEnsemble,
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

export interface SessionsOptions extends LiveOptions {
  /** The word dump, or its twin, goes to one member. */
  readonly heavy: boolean
  /** Only the session whose ephemeral this is. Behind the chroot. */
  readonly path: string | undefined
  readonly session: bigint | undefined
  /** Only those of this address. */
  readonly client: string | undefined
  /** How many are told. */
  readonly top: number
}

export interface SessionsMember extends ClientMember {
  /** With this member; null: not told. */
  readonly sessions: number | null
}

export interface HeldBy {
  readonly id: bigint
  /** Null: it is connected nowhere, or with a member that does not tell. */
  readonly client: string | null
  readonly member: string | null
  readonly secure: boolean
  readonly timeoutMs: number | null
  readonly lastOperation: string | null
  /** The last that it was shown. */
  readonly lastZxid: bigint | null
  /** Of its connection, not of the session. */
  readonly connectedSince: string | null
  readonly queued: number
  readonly received: number
  readonly sent: number
  readonly maxLatencyMs: number | null
  /** Null: not told. */
  readonly ephemerals: number | null
  /** The first of them, sorted. */
  readonly paths: readonly string[]
  /** When it ends unless it is heard of. */
  readonly expiresAt: string | null
}

export interface PathOwner {
  readonly path: string
  readonly kind: 'ephemeral' | 'persistent'
  readonly owner: bigint | null
}

export interface EnsembleSessions {
  readonly ensemble: string
  readonly at: string
  /** Ephemerals were asked for, and by which member they were told; null: not asked for, or by none. */
  readonly ephemeralsFrom: string | null
  readonly heavy: boolean
  readonly members: readonly SessionsMember[]
  readonly path: PathOwner | null
  readonly sessionCount: number
  /** Those without a connection first, then by ephemerals and packets. */
  readonly sessions: readonly HeldBy[]
  readonly omittedSessions: number
  readonly findings: readonly Finding[]
}

/** Throws as findTarget does; with a path `input.no-znode`, and without `heavy` as withLiveSession does. */
export async function ensembleSessions(options: SessionsOptions, context: LiveContext): Promise<EnsembleSessions> {
  if (options.path !== undefined) checkPath(options.path)
  const ensemble = await askEnsemble(options, context.signal)
  const first = await connectionsOfAll(ensemble)
  const dumped = options.heavy ? await dumpOfOne(ensemble) : null
  const dump = dumped?.told.dump ?? null
  const told = dump === null ? first : await connectionsOfAll(ensemble)
  const path = options.path === undefined ? null : await ownerOf(options.path, options, context, ensemble, dump)
  const all = sessionsOf(placedOf(told), dump, options.session === undefined ? FEW_PATHS : MANY_PATHS)
  const known = new Set(placedOf(first).flatMap(({ connection }) => connection.session ?? []))
  const whole = ensemble.isWhole && [...first, ...told].every(({ untold }) => untold.length === 0)
  const lonely = whole ? all.filter((one) => isLonely(one) && !known.has(one.id)) : []
  const wanted = all.filter((one) => isWanted(one, options, path))
  const { shown, omitted } = topOf(wanted.sort(byWeight), options.top)
  return {
    ensemble: ensemble.name,
    at: ensemble.overview.at.toISOString(),
    ephemeralsFrom: dump === null ? null : memberKey(dumped!.member),
    heavy: options.heavy,
    members: told.map(memberOf),
    path,
    sessionCount: all.length,
    sessions: shown,
    omittedSessions: omitted,
    findings: [
      ...lonely.slice(0, MOST_FINDINGS).map(noConnection),
      ...untoldFindings('connections', told),
      ...(dumped === null || dump !== null
        ? []
        : untoldFindings('sessions and ephemerals', [{ member: dumped.member, untold: dumped.told.untold }])),
      ...ensemble.findings,
    ],
  }
}

const FEW_PATHS = 10
const MANY_PATHS = 1000
const MOST_FINDINGS = 20

function memberOf({ member, via, connections }: MemberConnections): SessionsMember {
  const ids = new Set(connections.flatMap(({ session }) => session ?? []))
  return { ...clientMember(member, via), sessions: via === null ? null : ids.size }
}

interface Dumped {
  readonly member: ObservedMember
  readonly told: DumpTold
}

const ORDER = ['leading', 'standalone', 'following', 'observing', 'serving', 'unknown']

/** By the first member that tells; the leader knows most. The last one that did not when none does. */
async function dumpOfOne({ members, one }: AskedEnsemble): Promise<Dumped | null> {
  const able = members
    .filter((member) => ORDER.includes(stateOf(member)))
    .sort((a, b) => ORDER.indexOf(stateOf(a)) - ORDER.indexOf(stateOf(b)))
  let last: Dumped | null = null
  for (const member of able) {
    last = { member, told: await one(member, readDump) }
    if (last.told.dump !== null) return last
  }
  return last
}

/** Every session that is connected or was dumped. */
export function sessionsOf(placed: readonly Placed[], dump: Dump | null, mostPaths: number): HeldBy[] {
  const connected = new Map<bigint, Placed>()
  for (const one of placed) {
    const id = one.connection.session
    if (id === null) continue
    const other = connected.get(id)
    // one that has moved may be seen with both members: the newer connection counts
    if (other === undefined || sinceOf(other) < sinceOf(one)) connected.set(id, one)
  }
  const ids = new Set([...connected.keys(), ...(dump?.sessions.keys() ?? []), ...(dump?.ephemerals.keys() ?? [])])
  return [...ids].map((id) => sessionOf(id, connected.get(id), dump, mostPaths))
}

const sinceOf = ({ connection }: Placed): number => connection.establishedAt?.getTime() ?? 0

function sessionOf(id: bigint, placed: Placed | undefined, dump: Dump | null, mostPaths: number): HeldBy {
  const connection = placed?.connection
  const paths = dump?.ephemerals.get(id)
  const known = dump?.sessions.get(id)
  return {
    id,
    client: connection === undefined ? null : clientText(connection),
    member: placed?.member ?? null,
    secure: connection?.secure ?? false,
    timeoutMs: connection?.timeoutMs ?? known?.timeoutMs ?? null,
    lastOperation: connection?.lastOperation ?? null,
    lastZxid: connection?.lastZxid ?? null,
    connectedSince: connection?.establishedAt?.toISOString() ?? null,
    ...{ queued: connection?.queued ?? 0, received: connection?.received ?? 0, sent: connection?.sent ?? 0 },
    maxLatencyMs: connection?.maxLatencyMs ?? null,
    ephemerals: dump === null ? null : (paths?.length ?? 0),
    paths: (paths ?? []).toSorted().slice(0, mostPaths),
    expiresAt: known?.expiresAt?.toISOString() ?? null,
  }
}

function clientText({ address, port }: Placed['connection']): string {
  const host = address.includes(':') ? `[${address}]` : address
  return port === null ? host : `${host}:${port}`
}

const isLonely = ({ member, ephemerals }: HeldBy): boolean => member === null && (ephemerals ?? 0) > 0

function isWanted(session: HeldBy, { session: id, client }: SessionsOptions, path: PathOwner | null): boolean {
  if (path !== null && session.id !== path.owner) return false
  if (id !== undefined && session.id !== id) return false
  return client === undefined || session.client?.replace(/:\d+$/, '').replace(/^\[|\]$/g, '') === client
}

function byWeight(a: HeldBy, b: HeldBy): number {
  const lone = Number(a.member !== null) - Number(b.member !== null)
  return lone || (b.ephemerals ?? 0) - (a.ephemerals ?? 0) || b.received - a.received || (a.id < b.id ? -1 : 1)
}

function noConnection({ id, ephemerals, paths, expiresAt }: HeldBy): Finding {
  const code = 'clients.no-connection'
  const end = expiresAt === null ? 'they go when it expires' : `they go at about ${expiresAt} unless it comes back`
  const message = `session ${hex64(id)} holds ${ephemerals} ${ephemerals === 1 ? 'ephemeral' : 'ephemerals'} and is connected nowhere: ${end}`
  const evidence = { session: id, ephemerals, paths }
  return { code, severity: 'warning', message, path: paths[0]!, evidence, remedy: CLIENT_REMEDIES[code] }
}

/** The dump knows ephemerals only: of what is not in it a client's session tells whether it is there. */
async function ownerOf(
  path: string,
  options: SessionsOptions,
  context: LiveContext,
  { target }: AskedEnsemble,
  dump: Dump | null,
): Promise<PathOwner> {
  const real = behind(target.chroot, path)
  for (const [owner, paths] of dump?.ephemerals ?? []) {
    if (paths.includes(real)) return { path, kind: 'ephemeral', owner }
  }
  return withLiveSession(options, context, async ({ session }) => {
    await session.sync(real)
    const stat = await session.exists(real)
    if (stat === null) throw noZnode(path)
    const owner = BigInt.asUintN(64, stat.ephemeralOwner)
    return owner === 0n ? { path, kind: 'persistent', owner: null } : { path, kind: 'ephemeral', owner }
  })
}
