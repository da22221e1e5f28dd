/* The members of an ensemble as a roll looks at them: again and again, the same places each time. */
import { observeEnsemble } from '../../cluster/observe/ensemble.ts'
import { configZnode } from '../../cluster/observe/from-client.ts'
import { type Membership, peersText } from '../../cluster/observe/membership.ts'
import {
  idOf,
  type MemberAnswer,
  type MemberPlace,
  type MemberState,
  type ObservedMember,
  stateOf,
} from '../../cluster/observe/model.ts'
import { isQuorum } from '../../config/ensemble.ts'
import { observeFound, tlsMaterial } from '../ensemble/observe-target.ts'
import { type Overview, overviewOf } from '../ensemble/overview.ts'
import type { FoundTarget } from '../inventory/target.ts'
import type { ActionMember } from '../live/member-actions.ts'

export interface RollMember {
  readonly id: number
  /** `server 2`. */
  readonly name: string
  readonly place: MemberPlace
  readonly role: 'participant' | 'observer'
  readonly state: MemberState
  /** It leads, follows or observes, and is in broadcast where it tells. */
  readonly ready: boolean
  readonly version: string | null
  readonly configVersion: bigint | null
  /** Equal for equal members, groups and weights; null: it does not tell. */
  readonly config: string | null
  readonly outstanding: number | null
  /** Null: it does not answer. */
  readonly answer: MemberAnswer | null
}

export interface RollView {
  readonly members: readonly RollMember[]
  /** Ids; more than one while an old one has not noticed. */
  readonly leaders: readonly number[]
  /** As the members tell it; null: they do not. */
  readonly membership: Membership | null
  readonly overview: Overview
}

export interface Observer {
  readonly first: RollView
  look(): Promise<RollView>
}

/** Throws as observeFound does. */
export async function observerOf(found: FoundTarget, signal: AbortSignal): Promise<Observer> {
  const { target } = found
  const tls = await tlsMaterial(target.tls)
  const { overview } = await observeFound(found, { signal })
  const places = overview.members.map(({ place }) => place)
  const first = viewOf(overview)
  // the voting view of the AdminServer leaves out observers
  const whole = overview.membership?.from === 'voting-view' ? await agreed(overview, target.timeoutMs, signal) : null
  const others = whole === null ? [] : placesBeside(places, whole)
  // whoever was found stays known, even while the one who told of it is away
  const look = async () => {
    const options = { timeoutMs: target.timeoutMs, tls, discover: false, signal }
    return viewOf(overviewOf(await observeEnsemble([...places, ...others], options)))
  }
  return { first: others.length === 0 ? first : await look(), look }
}

/** Null: it could not be read. */
async function agreed({ members }: Overview, timeoutMs: number, signal: AbortSignal): Promise<Membership | null> {
  const one = members.find(({ answer, place }) => answer !== null && place.clientPort !== null)
  if (one === undefined) return null
  const deadline = performance.now() + timeoutMs
  const membership = await configZnode({ place: one.place, tls: null, deadline, signal }).catch(() => null)
  signal.throwIfAborted()
  return membership
}

function placesBeside(places: readonly MemberPlace[], { servers }: Membership): readonly MemberPlace[] {
  const ids = new Set(places.map(({ id }) => id))
  return [...servers.values()].flatMap(({ id, role, addresses, client }): MemberPlace[] => {
    const host = addresses[0]?.host
    if (ids.has(Number(id)) || host === undefined || client === null) return []
    return [{ id: Number(id), host, clientPort: client.port, securePort: null, admin: null, role }]
  })
}

export function viewOf(overview: Overview): RollView {
  const { membership } = overview
  const members = overview.members.flatMap((member) => memberOf(member, membership) ?? [])
  return {
    members,
    leaders: members.filter(({ state }) => state === 'leading').map(({ id }) => id),
    membership,
    overview,
  }
}

function memberOf(member: ObservedMember, membership: Membership | null): RollMember | undefined {
  const id = idOf(member)
  const { place, answer } = member
  if (id === null) return undefined
  const state = stateOf(member)
  const told = membership?.servers.get(BigInt(id))?.role ?? place.role
  return {
    ...{ id, name: `server ${id}`, place, state, answer },
    role: state === 'observing' ? 'observer' : (told ?? 'participant'),
    ready: isReady(state, answer),
    version: answer?.version ?? null,
    configVersion: answer?.membership?.version ?? null,
    config: configText(answer?.membership ?? null),
    outstanding: answer?.metrics.get('outstanding_requests') ?? null,
  }
}

/** Without its version: where reconfigEnabled is off each leader has one of its own. */
export function configText(membership: Membership | null): string | null {
  if (membership === null || membership.from === 'voting-view') return null
  const { groups, weights } = membership
  return [
    peersText(membership),
    ...[...groups].map(([id, ids]) => `group.${id}=${ids.join(':')}`).sort(),
    ...[...weights].map(([id, weight]) => `weight.${id}=${weight}`).sort(),
  ].join('\n')
}

function isReady(state: MemberState, answer: MemberAnswer | null): boolean {
  const inBroadcast = (answer?.zabState ?? 'broadcast').toLowerCase() === 'broadcast'
  return inBroadcast && ['leading', 'following', 'observing'].includes(state)
}

export function actionMember({ id, place, answer }: RollMember): ActionMember {
  const directory = (name: string) => answer?.settings.get(name)?.replace(/\/version-2\/?$/, '') ?? null
  const clientPort = place.clientPort ?? place.securePort
  return { id, host: place.host, clientPort, dataDir: directory('dataDir'), dataLogDir: directory('dataLogDir') }
}

export const votersIn = ({ members }: RollView): readonly RollMember[] =>
  members.filter(({ role }) => role === 'participant')

/** Whether the voters that are ready decide without `id`. */
export function canSpare(view: RollView, id: number): boolean {
  const left = votersIn(view).filter((member) => member.ready && member.id !== id)
  const { membership } = view
  if (membership !== null) return isQuorum(membership, new Set(left.map((member) => BigInt(member.id))))
  return left.length * 2 > votersIn(view).length
}

/** What the leader counts against what is seen of its followers; undefined: all of them, or it does not tell. */
export function notCounted(view: RollView): string | undefined {
  const leader = view.members.find(({ state }) => state === 'leading')
  const metric = (name: string) => leader?.answer?.metrics.get(name)
  const following = votersIn(view).filter(({ state, ready }) => ready && state === 'following').length
  const synced = metric('synced_followers')
  const counted = synced === undefined ? undefined : synced - (metric('synced_non_voting_followers') ?? 0)
  if (counted !== undefined && counted < following) {
    return `the leader counts ${counted} voters in sync, and ${following} follow it`
  }
  const observing = view.members.filter(({ state, ready }) => ready && state === 'observing').length
  const observers = metric('synced_observers')
  if (observers === undefined || observers >= observing) return undefined
  return `the leader counts ${observers} observers in sync, and there are ${observing}`
}
