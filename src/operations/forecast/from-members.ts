/*
 * Forecasts from running members: what they are now, and how they were before; by the state that health check keeps, or
 * looked at twice, some seconds apart.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { counterOf, type ObservedMember } from '../../cluster/observe/model.ts'
import { maxOf } from '../../support/bigint.ts'
import { clientCertificates } from '../certs/ends.ts'
import { configsOf } from '../certs/sources.ts'
import { observeFound, targetName } from '../ensemble/observe-target.ts'
import { isStandalone, memberKey, type Overview } from '../ensemble/overview.ts'
import { readHealthState, stateFileOf, type TrendPoint } from '../health/state.ts'
import { trendPoint } from '../health/trend.ts'
import { type FoundTarget, findTarget, type LiveOptions } from '../inventory/target.ts'
import { certificateGiven, type Given, type Seen, type Unseen, zxidGiven } from './given.ts'
import { HEAP_SHARE, SYNC_ASSUMES, SYNC_RESERVE, snapshotBytes, syncMs, type TreeSize, treeHeapBytes } from './needs.ts'
import { type Trend, trendOf } from './trend.ts'

export interface MembersOptions extends LiveOptions {
  readonly state: string | undefined
  /** Look twice, so far apart; undefined: only when there is no state to compare with. */
  readonly intervalMs: number | undefined
  readonly signal: AbortSignal
}

export interface SeenMembers extends Seen {
  readonly ensemble: string
  readonly kind: 'state' | 'samples'
  readonly answered: boolean
}

const INTERVAL_MS = 10_000

/** Throws `usage.*`, `input.*`. */
export async function fromMembers(options: MembersOptions): Promise<SeenMembers> {
  const { intervalMs, signal } = options
  const found = await findTarget(options)
  const history = intervalMs === undefined ? await historyOf(found, options.state) : []
  const kind = history.length > 0 ? 'state' : 'samples'
  const first = history.length > 0 ? null : await observeFound(found, { signal })
  if (first !== null) await sleep(intervalMs ?? INTERVAL_MS, undefined, { signal })
  const { overview } = await observeFound(found, { signal })
  const points = [...history, ...(first === null ? [] : [trendPoint(first.overview)]), trendPoint(overview)]
  const answered = overview.members.some(({ answer }) => answer !== null)
  const tree = treeForecasts(overview, points)
  const times = points.map(({ at }) => Date.parse(at))
  return {
    ensemble: targetName(found.target),
    kind,
    answered,
    given: [...zxid(overview, points), ...tree.given, ...(await certificates(found, overview, signal))],
    unseen: [
      ...tree.unseen,
      { what: 'sequence', why: 'counters lie in the data: zkops health forecast DIRECTORY' },
      { what: 'disk', why: 'members do not tell: zkops health forecast DIRECTORY on the member' },
    ],
    basis: answered ? { fromMs: Math.min(...times), toMs: Math.max(...times), points: points.length } : null,
  }
}

/** What checks of this target have left: its hours, and the run before. */
async function historyOf({ target }: FoundTarget, given: string | undefined): Promise<readonly TrendPoint[]> {
  const file = given ?? (target.ensemble === null ? undefined : stateFileOf(target.ensemble))
  if (file === undefined) return []
  const { state } = await readHealthState(file, targetName(target))
  if (state === null) return []
  const members = Object.fromEntries(Object.entries(state.members).map(([id, { metrics }]) => [id, metrics]))
  const trend = state.trend ?? []
  return trend.at(-1)?.at === state.at ? trend : [...trend, { at: state.at, members }]
}

function zxid({ leader, members }: Overview, points: readonly TrendPoint[]): readonly Given[] {
  const now = leader?.answer?.zxid ?? (members.length === 1 ? members[0]!.answer?.zxid : null) ?? null
  if (now === null) return []
  // whoever was furthest at each moment: another member may have led then
  const moments = points.flatMap(({ at, members: then }) => {
    const seen = Object.values(then).flatMap(({ epoch, counter }) =>
      epoch === undefined || counter === undefined ? [] : [(BigInt(epoch) << 32n) | BigInt(counter)],
    )
    return seen.length === 0 ? [] : [{ atMs: Date.parse(at), zxid: seen.reduce(maxOf) }]
  })
  const one = zxidGiven(now, moments)
  return [{ ...one, member: leader === null ? null : memberKey(leader), value: Number(counterOf(now)) }]
}

function treeForecasts(overview: Overview, points: readonly TrendPoint[]) {
  const { leader, members } = overview
  const given: Given[] = []
  const unseen: Unseen[] = []
  const largest = leader ?? members.find(({ answer }) => answer !== null) ?? null
  const size = largest === null ? null : sizeOf(Object.fromEntries(largest.answer!.metrics))
  if (largest === null || size === null) {
    for (const what of ['init-limit', 'heap'] as const)
      unseen.push({ what, why: `no member shows its sizes: ${WORDS}` })
    return { given, unseen }
  }
  const trend = (of: (size: TreeSize) => number) => trendOfSizes(points, memberKey(largest), of)
  const settings = largest.answer!.settings
  const limit = Number(settings.get('initLimit')) * Number(settings.get('tickTime'))
  const needed = ({ dataBytes, znodes }: TreeSize) => syncMs(snapshotBytes(dataBytes, znodes), znodes)
  if (isStandalone(overview)) {
    // nobody has to take its snapshot
  } else if (limit > 0) {
    given.push({
      ...{ what: 'init-limit', value: needed(size), limit: limit / SYNC_RESERVE, unit: 'ms' },
      ...{ trend: trend(needed), assumes: SYNC_ASSUMES },
    })
  } else unseen.push({ what: 'init-limit', why: `no member shows its initLimit: ${WORDS}` })
  const heaps = members.flatMap((member) => heapOf(member) ?? [])
  for (const { member, bytes } of heaps) {
    const of = { what: 'heap', member, value: treeHeapBytes(size), limit: bytes * HEAP_SHARE, unit: 'B' } as const
    given.push({ ...of, trend: trend(treeHeapBytes) })
  }
  if (heaps.length === 0) {
    unseen.push({ what: 'heap', why: 'no member shows its heap: the AdminServer does, or the Prometheus provider' })
  }
  return { given, unseen }
}

const WORDS = '4lw.commands.whitelist=srvr,mntr,conf, or the AdminServer'

function heapOf(member: ObservedMember): { readonly member: string; readonly bytes: number } | null {
  const bytes = member.answer?.metrics.get('heap_max') ?? 0
  return bytes > 0 ? { member: memberKey(member), bytes } : null
}

function trendOfSizes(points: readonly TrendPoint[], member: string, of: (size: TreeSize) => number): Trend | null {
  return trendOf(
    points.flatMap(({ at, members }) => {
      const size = sizeOf(members[member] ?? {})
      return size === null ? [] : [{ atMs: Date.parse(at), value: of(size) }]
    }),
  )
}

function sizeOf(numbers: Readonly<Record<string, number>>): TreeSize | null {
  const { approximate_data_size: dataBytes, znode_count: znodes } = numbers
  if (dataBytes === undefined || znodes === undefined) return null
  return { dataBytes, znodes, ephemerals: numbers.ephemerals_count ?? 0, watches: numbers.watch_count ?? 0 }
}

/** What ports for clients and of AdminServers show. */
async function certificates({ target }: FoundTarget, { at }: Overview, signal: AbortSignal): Promise<readonly Given[]> {
  const ends = await clientCertificates(target, configsOf([], target), signal)
  return ends.map(({ member, where, fromMs, toMs }) => ({
    ...certificateGiven(where, fromMs, toMs, at.getTime()),
    member: member === null ? null : String(member),
  }))
}
