/*
 * When a member may be restarted, and when it is back (procedure P9). Pure: a sentence that says why not, or undefined.
 */
import { idOf, placeKey } from '../../cluster/observe/model.ts'
import type { Refusal } from '../../support/change.ts'
import { hex64 } from '../../support/hex.ts'
import { canSpare, configText, notCounted, type RollMember, type RollView, votersIn } from './view.ts'

/** Those who are not ready first, then observers, followers, the leader last; undefined: nobody is left. */
export function nextOf({ members }: RollView, left: ReadonlySet<number>): RollMember | undefined {
  return inOrder(members).find(({ id }) => left.has(id))
}

export function inOrder(members: readonly RollMember[]): readonly RollMember[] {
  return [...members].sort((a, b) => rankOf(a) - rankOf(b) || a.id - b.id)
}

function rankOf({ ready, role, state }: RollMember): number {
  if (!ready) return 0
  if (role === 'observer') return 1
  return state === 'leading' ? 3 : 2
}

const names = (members: readonly RollMember[]): string =>
  members.map(({ name, state }) => `${name} (${state})`).join(', ')

/** What keeps the whole roll from beginning. `ids`: who is to be restarted. */
export function refusalOf(view: RollView, ids: readonly number[]): Refusal | null {
  const { members, leaders, membership, overview } = view
  const refuse = (code: string, why: string, seen: readonly RollMember[] = members): Refusal => ({
    code: `refused.${code}`,
    why,
    counterexample: Object.fromEntries(seen.map((member) => [member.name, stateText(member)])),
  })
  if (!overview.isEnsemble || members.some(({ state }) => state === 'standalone')) {
    return refuse('standalone', 'a server that runs alone cannot be restarted without an interruption')
  }
  if (leaders.length === 0) return refuse('no-leader', 'there is no leader: the ensemble does not serve')
  if (leaders.length > 1) return refuse('two-leaders', `servers ${leaders.join(' and ')} lead at the same time`)
  const silent = members.filter(({ answer, state }) => answer !== null && ['serving', 'unknown'].includes(state))
  if (silent.length > 0) {
    return refuse('not-seen', `${names(silent)} does not tell what it does: allow srvr and mntr`, silent)
  }
  const nameless = overview.members.filter((member) => idOf(member) === null)
  if (nameless.length > 0) {
    const where = nameless.map(({ place }) => placeKey(place)).join(', ')
    return refuse('not-seen', `nobody knows which member ${where} is: name the servers (--config or zkops.yaml)`)
  }
  const unknown = learnersUnknown(view)
  if (unknown !== undefined) return refuse('members-unknown', unknown)
  const differing = differentConfigs(members)
  if (differing !== undefined) return refuse('members-differ', differing)
  const missing = votersIn(view).filter(({ ready }) => !ready)
  const outside = missing.filter(({ id }) => !ids.includes(id))
  if (outside.length > 0) {
    return refuse('degraded', `${names(outside)} does not serve, and is not to be restarted`, outside)
  }
  if (missing.length > 1) return refuse('degraded', `more than one voter does not serve: ${names(missing)}`, missing)
  const counted = notCounted(view)
  if (counted !== undefined) return refuse('not-synced', counted)
  const vital = members.find((member) => ids.includes(member.id) && !canSpare(view, member.id))
  if (vital === undefined) return null
  const system = membership !== null && membership.groups.size > 0 ? 'quorum of its groups' : 'majority'
  const others = votersIn(view).filter(({ ready, id }) => ready && id !== vital.id)
  const why = `without ${vital.name} the voters that serve (${others.length}) are no ${system}`
  if (missing.length === 0) return refuse('no-spare', why)
  const [{ id, name }] = missing as [RollMember]
  return refuse('degraded', `${name} does not serve, and ${why}: bring it back first (--servers ${id})`)
}

function stateText({ state, answer }: RollMember): string {
  const zab = answer?.zabState
  return zab == null ? state : `${state}, ${zab.toLowerCase()}`
}

/** Where no member tells who the members are (3.4, or nothing may be asked), they have to be named. */
function learnersUnknown({ members, membership, overview }: RollView): string | undefined {
  const leader = members.find(({ state }) => state === 'leading')
  const learners = leader?.answer?.metrics.get('learners')
  const seen = members.filter(({ state }) => state === 'following' || state === 'observing').length
  if (learners !== undefined && learners > seen) {
    return `the leader has ${learners} learners, and ${seen} of them are known: name all members (--config or zkops.yaml)`
  }
  const named = overview.members.every(({ place }) => place.role !== null)
  if (membership !== null || named) return undefined
  return 'no member tells who the members are, so nobody knows how many are needed: name them (--config or zkops.yaml)'
}

function differentConfigs(members: readonly RollMember[]): string | undefined {
  const known = members.filter(({ config }) => config !== null)
  if (new Set(known.map(({ config }) => config)).size < 2) return undefined
  const told = known.map(({ name, configVersion }) => `${name} ${versionText(configVersion)}`).join(', ')
  return `the members do not have the same configuration: ${told}`
}

const versionText = (version: bigint | null): string => (version === null ? 'unknown' : hex64(version))

/** Just before `id` is restarted. `config`: what was planned on. */
export function blockedBy(view: RollView, id: number, config: string | null): string | undefined {
  const { members, leaders, membership } = view
  const now = configText(membership)
  const own = members.find((member) => member.id === id)
  if (own === undefined) return `server ${id} is not there any more`
  if (leaders.length !== 1) return leaders.length === 0 ? 'there is no leader' : `servers ${leaders.join(' and ')} lead`
  if (now !== null && config !== null && now !== config) {
    return `somebody changed the members: the configuration is ${versionText(membership!.version)} now`
  }
  const others = votersIn(view).filter((member) => !member.ready && member.id !== id)
  if (others.length > 0) return `${names(others)} does not serve`
  const counted = notCounted(view)
  if (counted !== undefined) return counted
  return canSpare(view, id) ? undefined : `without ${own.name} the voters that serve are no quorum`
}

/** The version counts as well where all members had the same. */
function differs(own: RollMember, leader: RollMember, before: RollView): boolean {
  if (own.config !== null && leader.config !== null && own.config !== leader.config) return true
  const agreed = new Set(before.members.map(({ configVersion }) => configVersion)).size === 1
  return agreed && own.configVersion !== leader.configVersion
}

/** As many as may wait when nothing else is wrong (health.outstanding). */
const OUTSTANDING = 50

/** What `id` is still waited for; `before`: the view from before it was restarted. */
export function notBack(view: RollView, id: number, before: RollView): string | undefined {
  const own = view.members.find((member) => member.id === id)
  if (own === undefined || own.answer === null) return `server ${id} does not answer`
  if (!own.ready) return `${own.name} is ${stateText(own)}`
  const { leaders } = view
  if (leaders.length !== 1) return leaders.length === 0 ? 'there is no leader' : `servers ${leaders.join(' and ')} lead`
  const leader = view.members.find(({ state }) => state === 'leading')!
  if (differs(own, leader, before)) return `${own.name} has another configuration than the leader`
  const lost = before.members.find(
    (member) => member.ready && view.members.find((one) => one.id === member.id)?.ready !== true,
  )
  if (lost !== undefined) return `${names(view.members.filter((one) => one.id === lost.id))} has served before`
  const counted = notCounted(view)
  if (counted !== undefined) return counted
  const usual = before.members.find((member) => member.id === id)?.outstanding ?? 0
  const waiting = own.outstanding ?? 0
  return waiting > Math.max(OUTSTANDING, 2 * usual) ? `${waiting} requests wait at ${own.name}` : undefined
}
