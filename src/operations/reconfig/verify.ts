/*
 * POST1 to POST8: what holds after the members of an ensemble have changed. What cannot be seen from here is not checked.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { observeEnsemble } from '../../cluster/observe/ensemble.ts'
import { epochOf, idOf, type ObservedMember, stateOf } from '../../cluster/observe/model.ts'
import { votersOf } from '../../cluster/quorum.ts'
import type { Check } from '../../support/change.ts'
import { isCode, ZkopsError } from '../../support/errors.ts'
import { hex64 } from '../../support/hex.ts'
import { type Overview, overviewOf } from '../ensemble/overview.ts'
import type { Target } from '../inventory/target.ts'
import { LOCK_FOLDER } from '../journal/lock-znode.ts'
import { configOf, isSynced, type MemberConfig } from './member-configs.ts'
import type { Agreed } from './observe.ts'
import type { Sessions } from './sessions.ts'

export interface VerifyContext {
  readonly target: Target
  readonly sessions: Sessions
  /** Members that stay and come, as they were seen before. */
  readonly members: readonly ObservedMember[]
  /** Members that are out now. */
  readonly removed: readonly ObservedMember[]
  /** Those that were known not to answer. */
  readonly down: ReadonlySet<number>
  readonly signal: AbortSignal
}

/** Members take a new configuration over one after the other. */
const SETTLE_MS = 30_000
const AGAIN_MS = 200

interface Settled {
  readonly overview: Overview
  readonly configs: readonly MemberConfig[]
}

export async function verifyReconfig(agreed: Agreed, context: VerifyContext): Promise<readonly Check[]> {
  const settled = await settle(agreed, context)
  const write = await quorumWrite(settled, context)
  const checks = [
    post1(settled, agreed, context),
    write,
    ...post3(settled, agreed, context),
    post4(settled, agreed),
    post5(settled),
  ]
  return [
    ...checks,
    { check: 'POST6 files on disk', ok: null, detail: 'not seen from here: zkops reconfig show tells of proposals' },
    ...removedChecks(checks, context),
    {
      check: 'POST8 clients and monitoring',
      ok: null,
      detail: 'bring connect strings and what watches the servers up to date',
    },
  ]
}

/** Asks until all members have it, serve, and are in sync, or the time is over. */
async function settle(agreed: Agreed, context: VerifyContext): Promise<Settled> {
  const { target, sessions, members, signal } = context
  const until = performance.now() + SETTLE_MS
  const places = members.map(({ place }) => place)
  for (;;) {
    const options = { timeoutMs: target.timeoutMs, tls: sessions.tls, discover: true, signal }
    const observed = overviewOf(await observeEnsemble(places, options))
    const isMember = (member: ObservedMember) => agreed.membership.servers.has(idOf(member) ?? -1)
    const overview = { ...observed, members: observed.members.filter(isMember) }
    const configs = await Promise.all(overview.members.map((member) => configOf(member, target, signal)))
    const settled = { overview, configs }
    const open = [post1(settled, agreed, context), ...post3(settled, agreed, context), post4(settled, agreed)]
    if (open.every(({ ok }) => ok !== false) || performance.now() > until) return settled
    await sleep(AGAIN_MS, undefined, { signal })
  }
}

const names = (ids: readonly number[]): string => ids.map((id) => `server ${id}`).join(', ')

function post1({ configs }: Settled, agreed: Agreed, { down }: VerifyContext): Check {
  const check = 'POST1 the same configuration on each member'
  const version = hex64(agreed.version)
  const missing = [...agreed.membership.servers.keys()].filter((id) => !configs.some((one) => one.id === id))
  const wrong = configs.filter(({ membership }) => membership?.version != null && membership.version < agreed.version)
  if (wrong.length > 0)
    return { check, ok: false, detail: `${names(wrong.map(({ id }) => id))} without version ${version}` }
  const unseen = [...missing, ...configs.filter(({ membership }) => membership?.version == null).map(({ id }) => id)]
  const bad = unseen.filter((id) => !down.has(id) && !answers(configs, id))
  if (bad.length > 0)
    return { check, ok: false, detail: `${names(bad)} ${bad.length === 1 ? 'does' : 'do'} not answer` }
  const count = configs.length - unseen.length
  const detail = `version ${version} on ${count} of ${agreed.membership.servers.size} members`
  return unseen.length === 0
    ? { check, ok: true, detail }
    : { check, ok: null, detail: `${detail}; not seen: ${names(unseen)}` }
}

const answers = (configs: readonly MemberConfig[], id: number): boolean =>
  configs.some((one) => one.id === id && one.member.answer !== null)

/** A real write, because a sync alone does not prove that the new configuration is active; read at another member. */
async function quorumWrite({ overview }: Settled, { sessions }: VerifyContext): Promise<Check> {
  const check = 'POST2 a write, and a read at another member'
  const path = `${LOCK_FOLDER}/probe-${randomBytes(6).toString('hex')}`
  const data = randomBytes(8)
  const leader = overview.leader ?? overview.members.find(({ answer }) => answer !== null)
  const reader = overview.members.findLast((member) => member !== leader && member.answer !== null) ?? leader
  if (leader === undefined || reader === undefined) return { check, ok: false, detail: 'no member answers' }
  try {
    return await sessions.at(leader, async (session) => {
      await session.create(path, data, 'ephemeral')
      const read = await sessions.at(reader, async (other) => {
        await other.sync('/')
        return other.get(path)
      })
      const ok = read?.equals(data) === true
      await session.delete(path)
      const where = `written at server ${idOf(leader)}, read at server ${idOf(reader)}`
      return { check, ok, detail: ok ? where : `${where}, and it was not there` }
    })
  } catch (error) {
    if (!(error instanceof ZkopsError)) throw error
    const unable = isCode(error, 'server.no-port', 'server.no-auth')
    return { check, ok: unable ? null : false, detail: error.message }
  }
}

function post3({ overview }: Settled, agreed: Agreed, { down }: VerifyContext): readonly Check[] {
  const voters = votersOf(agreed.membership)
  const leaders = overview.members.filter((member) => stateOf(member) === 'leading')
  const hidden = overview.members.some((member) => stateOf(member) === 'serving')
  const one: Check = {
    check: 'POST3 one leader',
    ok: leaders.length === 1 ? true : hidden ? null : false,
    detail: leaders.length === 0 ? 'none is seen' : leaders.map((member) => `server ${idOf(member)}`).join(', '),
  }
  const synced = voters.filter((id) => {
    const member = overview.members.find((seen) => idOf(seen) === id)
    return member !== undefined && (isSynced(member) || stateOf(member) === 'serving')
  })
  const behind = voters.filter((id) => !synced.includes(id) && !down.has(id))
  const metrics = overview.leader?.answer?.metrics
  const said = metrics?.get('quorum_size')
  const counted = behind.length === 0 && said !== undefined && said !== voters.length
  const detail = `${synced.length} of ${voters.length} voters${said === undefined ? '' : `, the leader counts ${said} voters`}`
  return [one, { check: 'POST3 voters in sync', ok: behind.length === 0 && !counted, detail }]
}

/** Told by AdminServers. A host that is written in two ways makes a member think that it has no vote. */
function post4({ overview }: Settled, { membership }: Agreed): Check {
  const check = 'POST4 votes as planned'
  const told = overview.members.filter(({ answer }) => answer?.voting != null)
  const wrong = told.filter(
    (member) => member.answer!.voting !== (membership.servers.get(idOf(member)!) === 'participant'),
  )
  if (wrong.length > 0) {
    return { check, ok: false, detail: `${names(wrong.map((member) => idOf(member)!))} says otherwise` }
  }
  if (told.length === 0) return { check, ok: null, detail: 'AdminServers tell it, and none was seen' }
  return { check, ok: true, detail: `said by ${told.length} of ${membership.servers.size} members` }
}

function post5({ overview }: Settled): Check {
  const check = 'POST5 one epoch'
  const zxids = overview.members.flatMap(({ answer }) => answer?.zxid ?? [])
  if (zxids.length === 0) return { check, ok: null, detail: 'no member tells its zxid' }
  const sorted = zxids.toSorted((a, b) => (a < b ? -1 : 1))
  const [low, high] = [sorted[0]!, sorted.at(-1)!]
  // a follower shows the epoch before until the first transaction of the new one, and the write before was one
  const ok = epochOf(low) === epochOf(high)
  return { check, ok: ok ? true : null, detail: `zxids from ${hex64(low)} to ${hex64(high)}` }
}

/** Only when the others have proved that they do without it. */
function removedChecks(checks: readonly Check[], { removed }: VerifyContext): readonly Check[] {
  if (removed.length === 0) return []
  const unproved = checks.filter(({ ok }, i) => (i < 4 ? ok !== true : ok === false))
  return removed.map((member) => {
    const check = `safe to stop server ${idOf(member)}`
    if (unproved.length > 0)
      return { check, ok: null, detail: `not proved: ${unproved.map((one) => one.check).join(', ')}` }
    const how = member.answer === null ? 'it did not answer before' : 'it runs on without a vote until it is stopped'
    return { check, ok: true, detail: `proved by POST1 to POST3; ${how} (POST7: stop and disable it)` }
  })
}
