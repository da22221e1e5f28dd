/*
 * Watches of all members: how many, how many were told of one change, and only with `heavy` which paths are watched by
 * how many sessions, and who they are. Servers tell of watches for data and existence; those for children are only the
 * rest of the count of all.
 */
import { type ObservedMember, stateOf } from '../../../cluster/observe/model.ts'
import { readWatches, readWatchSummary, type SummaryTold } from '../../../cluster/observe/watches.ts'
import type { Finding } from '../../../support/finding.ts'
import type { LiveOptions } from '../../inventory/target.ts'
import { behind } from '../../live/session.ts'
import { checkPath } from '../../znode/znode.ts'
import { memberKey } from '../overview.ts'
import {
  type AskedEnsemble,
  askEnsemble,
  type ClientMember,
  clientMember,
  connectionsOfAll,
  placedOf,
  topOf,
  untoldFindings,
} from './ask-all.ts'
import { CLIENT_REMEDIES } from './findings.ts'
import { sessionsOf } from './sessions.ts'

export interface WatchesOptions extends LiveOptions {
  /** The word wchp, or its twin, goes to every member. */
  readonly heavy: boolean
  /** Only watches of this znode. Behind the chroot; needs `heavy`. */
  readonly path: string | undefined
  readonly top: number
}

export const CHANGES = ['created', 'changed', 'deleted', 'children'] as const

export type Change = (typeof CHANGES)[number]

/** How many watches one change told, since the server started. */
export interface FanOut {
  readonly changes: number
  readonly average: number
  readonly most: number
}

export interface WatchesMember extends ClientMember {
  /** Of all kinds (mntr); null: not told, as the next ones. */
  readonly all: number | null
  /** For data and existence. */
  readonly data: number | null
  /** The rest. */
  readonly children: number | null
  readonly sessions: number | null
  readonly paths: number | null
  /** 3.6 on. */
  readonly fanOut: Readonly<Record<Change, FanOut>> | null
}

export interface WatchedPath {
  readonly path: string
  readonly sessions: number
}

export interface WatchingSession {
  readonly id: bigint
  readonly watches: number
  readonly client: string | null
  readonly member: string
}

export interface EnsembleWatches {
  readonly ensemble: string
  readonly at: string
  readonly heavy: boolean
  readonly path: string | null
  readonly members: readonly WatchesMember[]
  /** By sessions; null without `heavy`. */
  readonly paths: readonly WatchedPath[] | null
  readonly omittedPaths: number
  /** By watches; null without `heavy`. */
  readonly sessions: readonly WatchingSession[] | null
  readonly omittedSessions: number
  readonly findings: readonly Finding[]
}

export async function ensembleWatches(options: WatchesOptions, signal: AbortSignal): Promise<EnsembleWatches> {
  const { path, heavy, top } = options
  if (path !== undefined) checkPath(path)
  const ensemble = await askEnsemble(options, signal)
  const summaries = await ensemble.all(async (member, ask) => ({ member, ...(await readWatchSummary(member, ask)) }))
  const wanted = path === undefined ? undefined : behind(ensemble.target.chroot, path)
  const seen = heavy ? await lookAtAll(ensemble, wanted) : null
  const paths = seen === null ? null : topOf(pathsOf(seen.byPath), top)
  const sessions = seen === null ? null : topOf(await watching(ensemble, seen.bySession), top)
  return {
    ensemble: ensemble.name,
    at: ensemble.overview.at.toISOString(),
    heavy,
    path: path ?? null,
    members: summaries.map(memberOf),
    paths: paths?.shown ?? null,
    omittedPaths: paths?.omitted ?? 0,
    sessions: sessions?.shown ?? null,
    omittedSessions: sessions?.omitted ?? 0,
    findings: [
      ...(paths?.shown ?? []).flatMap(herdAt),
      ...ensemble.members.flatMap(herdTold),
      ...untoldFindings('watches', heavy ? seen!.told : summaries),
      ...ensemble.findings,
    ],
  }
}

function memberOf({ member, via, summary }: SummaryTold & { readonly member: ObservedMember }): WatchesMember {
  const metrics = member.answer?.metrics
  const all = metrics?.get('watch_count') ?? null
  return {
    ...clientMember(member, via),
    ...{ all, data: summary?.watches ?? null },
    // counted at another moment
    children: all === null || summary === null ? null : Math.max(0, all - summary.watches),
    ...{ sessions: summary?.connections ?? null, paths: summary?.paths ?? null },
    fanOut: fanOutOf(member),
  }
}

function fanOutOf({ answer }: ObservedMember): WatchesMember['fanOut'] {
  const entries = CHANGES.map((change): [Change, FanOut | null] => {
    const of = (kind: string) => answer?.metrics.get(`${kind}_node_${change}_watch_count`)
    const [changes, average, most] = [of('cnt'), of('avg'), of('max')]
    if (changes === undefined || average === undefined || most === undefined) return [change, null]
    // nothing yet shows as an impossible maximum
    return [change, changes === 0 ? { changes: 0, average: 0, most: 0 } : { changes, average, most }]
  })
  return entries.some(([, one]) => one === null) ? null : (Object.fromEntries(entries) as Record<Change, FanOut>)
}

interface Seen {
  readonly byPath: ReadonlyMap<string, number>
  /** Where it is connected, and how many it has. */
  readonly bySession: ReadonlyMap<bigint, { readonly member: string; readonly watches: number }>
  readonly told: Parameters<typeof untoldFindings>[1]
}

/** What is watched beyond that is counted with what is known already, and otherwise left out. */
const MOST_KEYS = 1_000_000

async function lookAtAll({ all }: AskedEnsemble, only: string | undefined): Promise<Seen> {
  const byPath = new Map<string, number>()
  const bySession = new Map<bigint, { member: string; watches: number }>()
  const told = await all(async (member, ask) => {
    const key = memberKey(member)
    const { untold } = await readWatches(member, ask, (path, session) => {
      if (only !== undefined && path !== only) return
      if (byPath.size < MOST_KEYS || byPath.has(path)) byPath.set(path, (byPath.get(path) ?? 0) + 1)
      const known = bySession.get(session)
      if (known !== undefined) known.watches++
      else if (bySession.size < MOST_KEYS) bySession.set(session, { member: key, watches: 1 })
    })
    return { member, untold }
  })
  return { byPath, bySession, told }
}

function pathsOf(byPath: ReadonlyMap<string, number>): readonly WatchedPath[] {
  return [...byPath]
    .map(([path, sessions]) => ({ path, sessions }))
    .sort((a, b) => b.sessions - a.sessions || (a.path < b.path ? -1 : 1))
}

async function watching(ensemble: AskedEnsemble, bySession: Seen['bySession']): Promise<readonly WatchingSession[]> {
  const connected = sessionsOf(placedOf(await connectionsOfAll(ensemble)), null, 0)
  const clients = new Map(connected.map(({ id, client }) => [id, client]))
  return [...bySession]
    .map(([id, { member, watches }]) => ({ id, watches, client: clients.get(id) ?? null, member }))
    .sort((a, b) => b.watches - a.watches || (a.id < b.id ? -1 : 1))
}

/** More are no queue in which each waits for the one before. */
const HERD = 10
const SEQUENTIAL = /-?\d{10}$/

function herdAt({ path, sessions }: WatchedPath): readonly Finding[] {
  if (sessions <= HERD || !SEQUENTIAL.test(path)) return []
  const message = `${sessions} sessions watch one contender for a lock or queue: all are woken when it goes`
  return [herd('warning', message, { path, evidence: { sessions } })]
}

function herdTold(member: ObservedMember): readonly Finding[] {
  const most = fanOutOf(member)?.deleted.most ?? 0
  if (most <= HERD || stateOf(member) === 'down') return []
  const message = `one deletion was told to ${most} sessions at once since it started`
  return [herd('info', message, { member: memberKey(member), evidence: { most } })]
}

function herd(severity: Finding['severity'], message: string, more: Partial<Finding>): Finding {
  const code = 'clients.herd'
  return { code, severity, message, ...more, remedy: CLIENT_REMEDIES[code] }
}
