/*
 * PRE1 to PRE10: what has to be right before the members of an ensemble change, each with what shows it. What cannot be
 * seen from here is not checked: it stops nothing.
 */
import { checkPlan } from '../../cluster/check-plan.ts'
import { neededText } from '../../cluster/counterexample.ts'
import { type GivenMembership, memberNames } from '../../cluster/membership.ts'
import { epochOf, idOf, type ObservedMember, stateOf } from '../../cluster/observe/model.ts'
import { votersOf } from '../../cluster/quorum.ts'
import { hex64 } from '../../support/hex.ts'
import { localDisks } from '../health/local.ts'
import { holderText, isLeft } from '../journal/lock-znode.ts'
import { authorised } from './authorised.ts'
import { isSynced, proposalsOf } from './member-configs.ts'
import type { Agreed, SeenEnsemble, SeenJoiner } from './observe.ts'
import { notChecked, type PreCheck, passed, refused, warned } from './pre-check.ts'
import { sharedDifferences } from './shared-settings.ts'

/** Members that are down or behind do not stop a change that is accepted as `degraded`. */
export interface PreOptions {
  readonly degraded: boolean
  /** Warnings of PRE6 to PRE8 and about joiners are refusals. */
  readonly strict: boolean
}

export interface PlannedChange {
  readonly agreed: Agreed
  /** What is reached step by step; none when there is no plan. */
  readonly path: readonly GivenMembership[]
  /** Ids that the change takes away. */
  readonly leaving: ReadonlySet<number>
  readonly joiners: readonly SeenJoiner[]
}

export async function prechecks(seen: SeenEnsemble, change: PlannedChange, options: PreOptions): Promise<PreCheck[]> {
  const soft = (check: PreCheck): PreCheck =>
    check.result === 'refused' && options.degraded ? { ...check, result: 'warned', code: 'reconfig.degraded' } : check
  const strict = (check: PreCheck): PreCheck =>
    check.result === 'warned' && options.strict ? { ...check, result: 'refused', code: 'refused.strict' } : check
  return [
    soft(pre1(seen, change)),
    pre2(seen),
    soft(pre3(seen, change)),
    pre4(seen, change.agreed),
    authorised(seen),
    strict(pre6(seen)),
    strict(await pre7(seen)),
    notChecked(
      'PRE8',
      'backup',
      'zkops does not see backups: keep snapshot, logs and epoch files of a synced follower',
    ),
    pre9(seen),
    pre10(seen, change),
  ]
}

const nameOf = (member: ObservedMember): string => `server ${idOf(member) ?? member.place.host}`

const list = (members: readonly ObservedMember[]): string => members.map(nameOf).join(', ')

const staying = ({ overview }: SeenEnsemble, { leaving }: Pick<PlannedChange, 'leaving'>) =>
  overview.members.filter((member) => !leaving.has(idOf(member)!))

function pre1(seen: SeenEnsemble, change: PlannedChange): PreCheck {
  const about = 'all members answer, same release, same settings'
  const members = staying(seen, change)
  const down = members.filter((member) => stateOf(member) === 'down')
  if (down.length > 0) {
    const why = `${list(down)} ${down.length === 1 ? 'does' : 'do'} not answer`
    return refused('PRE1', about, why, 'refused.degraded')
  }
  const all = [...members, ...change.joiners.map(({ member }) => member)].filter(({ answer }) => answer !== null)
  const versions = new Map(all.flatMap((member) => [[nameOf(member), member.answer!.version] as const]))
  const releases = [...new Set([...versions.values()].filter((version) => version !== null))]
  if (releases.length > 1) {
    const each = [...versions].map(([name, version]) => `${name} ${version}`).join(', ')
    return refused('PRE1', about, `releases differ: ${each}`, 'refused.releases-differ')
  }
  const { differences, unseen, keys } = sharedDifferences(all)
  const [first] = differences
  if (first !== undefined) return refused('PRE1', about, first, 'refused.settings-differ')
  const release = releases[0] === undefined ? 'release not told' : `all of ${releases[0]}`
  const settings = keys.length === 0 ? 'settings not told' : `same ${keys.join(', ')}`
  const blind = unseen.length === 0 || keys.length === 0 ? '' : ` (not told by ${list(unseen)})`
  return passed('PRE1', about, `${members.length} of ${members.length} answer, ${release}, ${settings}${blind}`)
}

function pre2({ overview }: SeenEnsemble): PreCheck {
  const about = 'one leader, one epoch'
  const leaders = overview.members.filter((member) => stateOf(member) === 'leading')
  const [leader] = leaders
  if (leader === undefined) {
    const hidden = overview.members.some((member) => ['serving', 'unknown'].includes(stateOf(member)))
    if (hidden) return notChecked('PRE2', about, 'members do not tell who leads: 4lw.commands.whitelist=srvr,mntr,conf')
    return refused('PRE2', about, 'no leader is seen', 'refused.no-leader')
  }
  if (leaders.length > 1) return refused('PRE2', about, `${list(leaders)} lead at the same time`, 'refused.two-leaders')
  const epoch = epochOf(leader.answer!.zxid ?? 0n)
  const newer = overview.members.filter(({ answer }) => epochOf(answer?.zxid ?? 0n) > epoch)
  if (newer.length > 0) {
    return refused('PRE2', about, `${list(newer)} of a newer epoch than ${nameOf(leader)}`, 'refused.two-leaders')
  }
  return passed('PRE2', about, `${nameOf(leader)} leads in epoch ${epoch}`)
}

function pre3(seen: SeenEnsemble, change: PlannedChange): PreCheck {
  const about = 'all voters in sync'
  const voters = new Set(votersOf(change.agreed.membership))
  const members = staying(seen, change).filter((member) => voters.has(idOf(member)!))
  const behind = members.filter((member) => stateOf(member) !== 'serving' && !isSynced(member))
  if (behind.length > 0) {
    const why = `${list(behind)} ${behind.length === 1 ? 'is' : 'are'} not in sync`
    return refused('PRE3', about, why, 'refused.degraded')
  }
  const metrics = seen.overview.leader?.answer?.metrics
  const [followers, without] = ['synced_followers', 'synced_non_voting_followers'].map((name) => metrics?.get(name))
  if (followers === undefined || without === undefined) {
    return passed('PRE3', about, `${members.length} of ${members.length} voters that stay are in sync`)
  }
  const counted = followers - without + 1
  if (counted < members.length) {
    const why = `the leader counts ${counted} of ${members.length} voters that stay in sync`
    return refused('PRE3', about, why, 'refused.degraded')
  }
  return passed('PRE3', about, `the leader counts ${counted} voters in sync, ${without} without a vote`)
}

function pre4({ configs, target }: SeenEnsemble, agreed: Agreed): PreCheck {
  const about = 'the same configuration everywhere'
  const others = configs.filter(
    ({ membership }) =>
      membership?.version != null && (membership.text !== agreed.text || membership.version !== agreed.version),
  )
  const version = hex64(agreed.version)
  if (others.length > 0) {
    const each = others
      .map(({ id, membership }) => `server ${id} has version ${hex64(membership!.version!)}`)
      .join(', ')
    return refused('PRE4', about, `${each} where ${version} is agreed on`, 'refused.members-differ')
  }
  const [proposal] = proposalsOf(target).filter((one) => one.version > agreed.version)
  if (proposal !== undefined) {
    const why = `${proposal.file} holds version ${hex64(proposal.version)}, which is not known to be committed`
    return refused('PRE4', about, why, 'refused.pending')
  }
  const unseen = configs.filter(({ membership, member }) => membership?.version == null && member.answer !== null)
  const same = `version ${version} on ${configs.length - unseen.length} of ${configs.length} members`
  if (unseen.length === 0) return passed('PRE4', about, same)
  return notChecked('PRE4', about, `${same}; not told by ${unseen.map(({ id }) => `server ${id}`).join(', ')}`)
}

const QUIET_MS = 5 * 60_000
const QUIET_REQUESTS = 10

function pre6({ overview }: SeenEnsemble): PreCheck {
  const about = 'quiet'
  const leads = overview.leader?.answer?.metrics.get('leader_uptime')
  const waiting = overview.members.map(({ answer }) => answer?.metrics.get('outstanding_requests') ?? 0)
  const most = Math.max(0, ...waiting)
  if (most > QUIET_REQUESTS) return warned('PRE6', about, `${most} requests wait on one member`, 'reconfig.not-quiet')
  if (leads === undefined) return notChecked('PRE6', about, 'how long the leader leads is told from 3.6 on, by mntr')
  const seconds = Math.round(leads / 1000)
  if (leads < QUIET_MS) {
    const why = `the leader leads for ${seconds} s: there was an election in the last 5 minutes`
    return warned('PRE6', about, why, 'reconfig.not-quiet')
  }
  return passed('PRE6', about, `the leader leads for ${seconds} s, at most ${most} requests wait`)
}

async function pre7({ overview }: SeenEnsemble): Promise<PreCheck> {
  const about = 'disk for one more snapshot'
  const disks = await localDisks(overview.members)
  const rows = overview.members.flatMap((member) => {
    const bytes = member.answer?.metrics.get('approximate_data_size')
    const free = Math.min(...(disks.get(String(idOf(member))) ?? []).map(({ freeBytes }) => freeBytes))
    return bytes === undefined || !Number.isFinite(free) ? [] : [{ member, bytes, free }]
  })
  const short = rows.find(({ bytes, free }) => free < bytes)
  if (short !== undefined) {
    const detail = `${nameOf(short.member)} has ${short.free} bytes left, its data are ${short.bytes}`
    return warned('PRE7', about, detail, 'reconfig.disk')
  }
  if (rows.length === 0)
    return notChecked('PRE7', about, 'neither their disks nor how much they hold can be seen from here')
  return passed('PRE7', about, `seen of ${list(rows.map(({ member }) => member))}`)
}

function pre9({ access: { lock } }: SeenEnsemble): PreCheck {
  const about = 'nobody else is at it'
  if (lock === null) return passed('PRE9', about, 'the lock is free')
  if (isLeft(lock)) return passed('PRE9', about, `the lock was left by a killed process: ${holderText(lock)}`)
  return refused('PRE9', about, `changed by ${holderText(lock)}`, 'refused.locked')
}

function pre10({ overview }: SeenEnsemble, { agreed, path }: PlannedChange): PreCheck {
  const about = 'version and quorums'
  const version = `conditional on version ${hex64(agreed.version)}`
  if (path.length === 0) return passed('PRE10', about, version)
  const down = overview.members.filter(({ answer }) => answer === null).map((member) => idOf(member)!)
  const { rests } = checkPlan({
    from: agreed.membership,
    steps: path.map((to) => ({ kind: 'reconfig', to })),
    ...{ down, behind: [], empty: [], emptyReturns: false },
  })
  const names = memberNames([agreed.membership, ...path])
  const each = rests.map(({ membership, survives, down: gone }) => {
    const without = gone.length === 0 ? '' : ` without ${gone.map(names).join(', ')}`
    return `${neededText(membership)}${without}, ${survives < 0 ? 'does not serve' : `can lose ${survives}`}`
  })
  return passed('PRE10', about, `${version}; now ${each.join('; then ')}; meanwhile a quorum of both`)
}
