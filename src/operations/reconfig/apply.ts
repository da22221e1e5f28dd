/*
 * A planned change of members is carried out:
 *
 * 1. The locks: one of this machine, one in the ensemble. What was planned on must still hold.
 * 2. The journal appears. Before each step joiners prove that they are in sync: they have the lock that was just written.
 * 3. Each request is conditional on the version that the one before left, and is over when the configuration, read again,
 *    is the wanted one.
 * 4. What holds afterwards is verified; the journal ends.
 *
 * Killed anywhere, the journal and the configuration tell how far it came: resume.ts.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Session } from '../../cluster/client/session.ts'
import { idOf, type ObservedMember } from '../../cluster/observe/model.ts'
import type { Applied, Check, Plan } from '../../support/change.ts'
import { type ErrorCode, errorKind, isCode, ZkopsError } from '../../support/errors.ts'
import { hex64 } from '../../support/hex.ts'
import { withEnsembleLock } from '../journal/ensemble-lock.ts'
import { createJournal, type Journal, type OpenJournal, progressOf, resumeJournal } from '../journal/journal.ts'
import { hasLock, LOCK_PATH, takeLock } from '../journal/lock-znode.ts'
import { type Agreed, observeJoiners, placeOf, presentOf, readAgreed, type SeenEnsemble } from './observe.ts'
import type { ReconfigStep } from './plan.ts'
import { entriesOf } from './present.ts'
import { moved, request } from './request.ts'
import { verifyReconfig } from './verify.ts'

export interface ReconfigWork {
  readonly plan: Plan
  readonly requests: readonly ReconfigStep[]
  readonly agreed: Agreed
  readonly seen: SeenEnsemble
  /** What is accepted, for who goes on. */
  readonly accept: readonly string[]
  readonly undo: string
  /** One that is gone on with, and how many of its steps are done. */
  readonly resumed: { readonly journal: Journal; readonly done: number } | null
  readonly signal: AbortSignal
}

/** Throws `refused.*` when nothing was changed, `stopped.*` half-way. */
export function applyReconfig(work: ReconfigWork): Promise<Applied> {
  const { seen, plan } = work
  return withEnsembleLock(seen.name, () =>
    seen.sessions.with(async (session) => {
      const locked = await tryLock(session, plan.kind)
      const now = await readAgreed(session)
      if (now === null || now.version !== work.agreed.version) throw moved(now ?? work.agreed, work.agreed.version)
      const journal = await openJournal(work)
      const agreed = await carryOut(work, locked ? session : null, journal)
      const verified = await verifyAfter(work, agreed)
      await journal.end('done', `version ${hex64(agreed.version)}`)
      const lock = locked ? [] : [NO_LOCK]
      return {
        stepsDone: plan.steps.length,
        verified: [...lock, ...verified],
        journal: journal.file,
        undo: work.undo,
      }
    }),
  )
}

const NO_LOCK: Check = {
  check: 'PRE9 lock in the ensemble',
  ok: null,
  detail: `${LOCK_PATH} may not be made: only this machine was kept from a second change`,
}

/** False: it may not be made by us. */
async function tryLock(session: Session, kind: string): Promise<boolean> {
  try {
    await takeLock(session, kind)
    return true
  } catch (error) {
    if (isCode(error, 'server.no-auth')) return false
    throw error
  }
}

async function openJournal({ plan, requests, seen, accept, resumed }: ReconfigWork): Promise<OpenJournal> {
  if (resumed !== null) return goOn(resumed)
  const steps = requests.map(({ to, ...parts }) => ({ ...parts, to: entriesOf(to) }))
  const data = { accept, steps }
  return createJournal({ kind: 'reconfig', ensemble: seen.name, members: seen.sessions.addresses, plan, data })
}

/** Steps that the servers have are done, whether anybody saw their answers or not. */
async function goOn({ journal, done }: NonNullable<ReconfigWork['resumed']>): Promise<OpenJournal> {
  const known = progressOf(journal).done
  const open = await resumeJournal(journal)
  for (let n = 1; n <= done; n++) if (!known.has(n)) await open.step('done', n, 'the servers have it')
  return open
}

/** `session`: of the lock. */
async function carryOut(work: ReconfigWork, session: Session | null, journal: OpenJournal): Promise<Agreed> {
  const { requests, plan, seen, signal } = work
  const before = work.resumed?.done ?? 0
  let agreed = work.agreed
  for (const [i, step] of requests.entries()) {
    const n = before + i + 1
    const detail = plan.steps[i]!.detail
    let begun = false
    try {
      if (session !== null) await keepLock(session)
      await joinersReady(work, step, agreed, session)
      await journal.step('begin', n, detail, { version: agreed.version })
      begun = true
      agreed = await request(step, agreed.version, { sessions: seen.sessions, signal })
    } catch (error) {
      throw await failure(journal, n, begun, error)
    }
    await journal.step('done', n, detail, { version: agreed.version })
  }
  return agreed
}

/**
 * What is thrown: refused when nothing was changed, stopped when something was or may have been. A change that did
 * nothing is over; any other stays to be gone on with.
 */
async function failure(journal: OpenJournal, n: number, begun: boolean, error: unknown): Promise<unknown> {
  if (!(error instanceof ZkopsError)) return error
  const { code, message, hint } = error
  const kind = errorKind(code)
  if (kind !== 'refused' && kind !== 'server') return error
  const stopped = (what: string, why: string) =>
    new ZkopsError(`stopped${code.slice(kind.length)}` as ErrorCode, what, { hint: `${why}${NEXT}`, cause: error })
  const first = hint === undefined ? '' : `${hint} `
  // an answer that means nothing known: the step may have happened
  if (kind === 'server' && begun) return stopped(`${message}; it is not known whether step ${n} happened`, first)
  await journal.step('failed', n, message)
  if (n > 1) return stopped(`${message}; ${n - 1} ${n === 2 ? 'step was' : 'steps were'} done before`, first)
  await journal.end('aborted', message)
  return new ZkopsError(code, `${message}; nothing was changed`, { hint, cause: error })
}

const NEXT = 'Then zkops reconfig resume goes on, zkops reconfig abort gives up.'

/** The session lives through a hand-over, but not for ever without a server. */
async function keepLock(session: Session): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      if (await hasLock(session)) return
      await takeLock(session, 'reconfig')
      return
    } catch (error) {
      if (!isCode(error, 'server.connection-loss', 'server.timeout') || tries === TRIES) throw error
      await sleep(AGAIN_MS)
    }
  }
}

const TRIES = 25
const AGAIN_MS = 200
/** A member that was just taken out has to find the leader again; it waits up to a minute between tries. */
const JOIN_MS = 90_000

/** Those who come with this step are followers or observers in sync, and have what was written last. */
async function joinersReady(
  work: ReconfigWork,
  step: ReconfigStep,
  agreed: Agreed,
  lock: Session | null,
): Promise<void> {
  const { seen, signal } = work
  const lines = new Map([...step.to.lines].filter(([id]) => !agreed.membership.servers.has(id)))
  if (lines.size === 0) return
  const until = performance.now() + JOIN_MS
  for (;;) {
    const joiners = await observeJoiners(lines, seen, signal)
    const present = await presentOf(seen, agreed, joiners, '')
    const behind = joiners.filter(({ id }) => present.seen.get(id)?.synced !== true)
    const [unproved] = behind.length > 0 ? behind : await without(joiners, seen, lock)
    if (unproved === undefined) return
    if (performance.now() > until) {
      throw new ZkopsError('refused.joiner-behind', `server ${unproved.id} is not in sync with the leader`, {
        hint: 'Look at its log, and come again when it is in broadcast: zkops ensemble status.',
      })
    }
    await sleep(AGAIN_MS, undefined, { signal })
  }
}

type Joiners = readonly { readonly id: number; readonly member: ObservedMember }[]

/** Whoever does not have the lock, which was committed a moment ago; whom no session can ask counts as proved. */
async function without(joiners: Joiners, { sessions }: SeenEnsemble, lock: Session | null): Promise<Joiners> {
  if (lock === null) return []
  const seen = await Promise.all(
    joiners.map(({ member }) =>
      sessions
        .at(member, async (session) => {
          await session.sync('/')
          const stat = await session.exists(LOCK_PATH)
          return stat !== null && BigInt.asUintN(64, stat.ephemeralOwner) === lock.id
        })
        .catch((error) => {
          if (isCode(error, 'server.no-port', 'server.no-auth')) return true
          if (error instanceof ZkopsError && errorKind(error.code) === 'server') return false
          throw error
        }),
    ),
  )
  return joiners.filter((_, i) => !seen[i])
}

function verifyAfter(work: ReconfigWork, agreed: Agreed): Promise<readonly Check[]> {
  const { seen, signal } = work
  const { sessions, target, overview } = seen
  const isIn = (member: ObservedMember) => agreed.membership.servers.has(idOf(member)!)
  const known = new Map(overview.members.map((member) => [idOf(member)!, member]))
  const members = [...agreed.membership.lines].map(([id, line]): ObservedMember => {
    const place = placeOf(id, line, sessions.tls !== null)
    const old = known.get(id)
    const stays = old !== undefined && (line.client === null || old.place.clientPort === place.clientPort)
    return stays && old.place.host === place.host ? old : { place, answer: null, failures: [] }
  })
  return verifyReconfig(agreed, {
    ...{ target, sessions, members, signal },
    removed: overview.members.filter((member) => !isIn(member)),
    down: new Set(overview.members.filter(({ answer }) => answer === null).map((member) => idOf(member)!)),
  })
}
