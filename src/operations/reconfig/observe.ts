/*
 * What a change of members is planned on:
 *
 * 1. All members are asked, and in one session behind a sync: the configuration and its version, who may change it, who
 *    we are, and whether somebody else is at it.
 * 2. Joiners are asked apart from the members: one of another ensemble may have a configuration of a higher version.
 * 3. Ids that earlier changes from this machine took away are known from their journals.
 */

import type { Acl, Identity, Session } from '../../cluster/client/session.ts'
import { type GivenMembership, parseMembership } from '../../cluster/membership.ts'
import { observeEnsemble } from '../../cluster/observe/ensemble.ts'
import { askMember } from '../../cluster/observe/member.ts'
import { clientPlaceOf, membershipOf } from '../../cluster/observe/membership.ts'
import {
  GUESSED_ADMIN_PORT,
  idOf,
  type MemberPlace,
  type ObservedMember,
  type ObserveOptions,
  stateOf,
} from '../../cluster/observe/model.ts'
import { canonicalServer, type ServerLine } from '../../config/ensemble.ts'
import { isCode } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { placesOf, targetName } from '../ensemble/observe-target.ts'
import { type Overview, overviewOf } from '../ensemble/overview.ts'
import type { FoundTarget, Target } from '../inventory/target.ts'
import { journalsOf, progressOf } from '../journal/journal.ts'
import { type LockHolder, lockHolder } from '../journal/lock-znode.ts'
import { configOf, isSynced, type MemberConfig } from './member-configs.ts'
import type { Present, SeenMember } from './present.ts'
import type { Sessions } from './sessions.ts'

/** As the ensemble has agreed on it. */
export interface Agreed {
  readonly version: bigint
  readonly membership: GivenMembership
  /** The same as lines, equal for equal membership. */
  readonly text: string
}

export interface Access {
  /** Null: no configuration is kept that could be changed. */
  readonly agreed: Agreed | null
  /** Of /zookeeper/config; null: it may not be read. */
  readonly acl: readonly Acl[] | null
  /** Null: only servers of 3.7 on tell. */
  readonly identities: readonly Identity[] | null
  readonly lock: LockHolder | 'unknown' | null
}

export interface SeenEnsemble {
  readonly name: string
  readonly target: Target
  readonly sessions: Sessions
  readonly overview: Overview
  readonly access: Access
  /** Of the members. */
  readonly configs: readonly MemberConfig[]
  readonly findings: readonly Finding[]
}

export interface SeenJoiner {
  readonly id: number
  readonly line: ServerLine
  readonly member: ObservedMember
}

/** Throws `server.*` when no session can be had. */
export async function observeReconfig(
  { target, findings }: FoundTarget,
  sessions: Sessions,
  signal: AbortSignal,
): Promise<SeenEnsemble> {
  const options = { timeoutMs: target.timeoutMs, tls: sessions.tls, signal }
  const observed = await observeEnsemble(placesOf(target), options)
  const access = await sessions.knowing(observed.members).with(readAccess)
  const members = await membersOf(observed.members, access.agreed, options)
  const overview = overviewOf({ ...observed, members })
  const configs = await Promise.all(members.map((member) => configOf(member, target, signal)))
  const known = sessions.knowing(members)
  const whole = { ...access, identities: await identitiesOf(known, members) }
  return { name: targetName(target), target, sessions: known, overview, access: whole, configs, findings }
}

/** All that the servers have agreed on, and nobody else. */
async function membersOf(
  observed: readonly ObservedMember[],
  agreed: Agreed | null,
  options: ObserveOptions,
): Promise<readonly ObservedMember[]> {
  if (agreed === null) return observed
  const { lines } = agreed.membership
  const known = observed.filter((member) => lines.has(idOf(member) ?? -1))
  const missing = [...lines].filter(([id]) => !known.some((member) => idOf(member) === id))
  const secure = known.length > 0 && known[0]!.place.clientPort === null
  const found = await Promise.all(missing.map(([id, line]) => askMember(placeOf(id, line, secure), options)))
  return [...known, ...found].sort((a, b) => idOf(a)! - idOf(b)!)
}

async function readAccess(session: Session): Promise<Access> {
  const agreed = await readAgreed(session)
  const acl =
    agreed === null
      ? null
      : await session.acl(CONFIG).then(
          (read) => read.acl,
          (error) => {
            if (isCode(error, 'server.no-auth', 'server.no-node')) return null
            throw error
          },
        )
  return { agreed, acl, identities: null, lock: await lockHolder(session) }
}

const CONFIG = '/zookeeper/config'

/** What was committed before is seen. Null where none is kept: 3.4, a standalone server, reconfigEnabled=false. */
export async function readAgreed(session: Session): Promise<Agreed | null> {
  await session.sync('/')
  try {
    const { text, version } = await session.config()
    const membership = membershipOf(text.split('\n'), 'config-znode')
    if (membership === null) return null
    return { version, membership: parseMembership(membership.text.split('\n')), text: membership.text }
  } catch (error) {
    if (isCode(error, 'server.no-node', 'server.answer')) return null
    throw error
  }
}

/** Older servers do not know the request. */
async function identitiesOf(sessions: Sessions, members: readonly ObservedMember[]): Promise<Access['identities']> {
  const versions = members.flatMap(({ answer }) => answer?.version ?? [])
  const known = versions.length > 0 && versions.every((version) => !/^3\.[456]\./.test(version))
  return known ? sessions.with((session) => session.whoAmI()) : null
}

/** Where it takes clients by its line, or by the inventory, which knows its AdminServer too. */
export async function observeJoiners(
  lines: ReadonlyMap<number, ServerLine>,
  { target, sessions }: Pick<SeenEnsemble, 'target' | 'sessions'>,
  signal: AbortSignal,
): Promise<readonly SeenJoiner[]> {
  const known = new Map(placesOf(target).map((place) => [place.id, place]))
  const options = { timeoutMs: target.timeoutMs, tls: sessions.tls, signal }
  return Promise.all(
    [...lines].map(async ([id, line]) => {
      const member = await askMember(known.get(id) ?? placeOf(id, line, sessions.tls !== null), options)
      return { id, line, member }
    }),
  )
}

export function placeOf(id: number, line: ServerLine, secure: boolean): MemberPlace {
  const { host, port } = clientPlaceOf(line)
  return {
    ...{ id, host, role: line.role, admin: { host, port: GUESSED_ADMIN_PORT } },
    ...{ clientPort: secure ? null : port, securePort: secure ? port : null },
  }
}

/** How far a joiner may be behind when it is asked a moment later than the leader. */
const NEAR_TXNS = 1000n

/** For the planner. */
export async function presentOf(
  { name, overview, sessions }: SeenEnsemble,
  agreed: Agreed,
  joiners: readonly SeenJoiner[],
  flags: string,
): Promise<Present> {
  const { version, membership, text } = agreed
  const leader = overview.leader?.answer?.zxid ?? null
  const members = overview.members.map((member): [number, SeenMember] => [idOf(member)!, seenMember(member)])
  const joining = joiners.map(({ id, member }): [number, SeenMember] => {
    const seen = seenMember(member)
    const zxid = member.answer?.zxid ?? null
    const behind = leader !== null && zxid !== null && leader - zxid > NEAR_TXNS
    const ours = member.answer?.membership?.text === text || member.answer?.membership == null
    return [id, { ...seen, synced: seen.synced && ours && !behind }]
  })
  return {
    ...{ ensemble: name, version, membership },
    seen: new Map([...members, ...joining]),
    retired: await retiredOf(name, sessions.addresses, joiners),
    // nobody tells it; a server that has it refuses the request, and nothing is changed
    standaloneEnabled: false,
    flags,
  }
}

function seenMember(member: ObservedMember): SeenMember {
  const state = stateOf(member)
  const follower = state === 'following' || state === 'serving'
  const as = state === 'leading' ? 'leader' : follower ? 'follower' : state === 'observing' ? 'observer' : null
  return { runs: state !== 'down', synced: as !== null && (isSynced(member) || state === 'serving'), as }
}

/** Joiners' ids that were members once with other lines, as far as changes were made from here. */
async function retiredOf(
  ensemble: string,
  members: readonly string[],
  joiners: readonly SeenJoiner[],
): Promise<ReadonlySet<number>> {
  if (joiners.length === 0) return new Set()
  const journals = await journalsOf({ ensemble, members })
  const once = journals.flatMap((journal) => {
    const { done } = progressOf(journal)
    const memberships = (journal.plan.base.memberships ?? []) as readonly (readonly string[])[]
    return memberships.filter((_, i) => i === 0 || done.has(i)).flat()
  })
  const reused = joiners.filter(({ id, line }) => {
    const own = withoutRole(`server.${id}=${canonicalServer(line)}`)
    return once.some((entry) => entry.startsWith(`server.${id}=`) && withoutRole(entry) !== own)
  })
  return new Set(reused.map(({ id }) => id))
}

const withoutRole = (entry: string): string => entry.replace(/:(participant|observer)/g, '')
