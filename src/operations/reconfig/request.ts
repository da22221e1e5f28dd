/*
 * One request to change the members, and what came of it for certain.
 *
 * 1. It is sent, conditional on the version that it was planned on.
 * 2. The answer may be lost: the leader that hands over, and members that find the new one, drop their clients. Then the
 *    configuration is read again, behind a sync: it is the wanted one (done), the old one (sent again: the same
 *    conditional request cannot happen twice), or another one (somebody else was at it).
 * 3. What the servers refuse is said with what to do.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Session } from '../../cluster/client/session.ts'
import { isCode, ZkopsError } from '../../support/errors.ts'
import { hex64 } from '../../support/hex.ts'
import { type Agreed, readAgreed } from './observe.ts'
import type { ReconfigStep } from './plan.ts'
import { entriesOf, sameMembership } from './present.ts'
import type { Sessions } from './sessions.ts'

/** The answer to a request is waited for so long: it needs a quorum of the old and of the new members. */
const ANSWER_MS = 20_000
/** A hand-over takes under a second, an election some. */
const HANDOVER_MS = 60_000
const AGAIN_MS = 200

/** It may have been carried out or not. */
const UNCERTAIN = [
  ...['server.connection-loss', 'server.timeout', 'server.operation-timeout', 'server.session-expired'],
  ...['server.session-moved', 'server.request-timeout', 'server.refused', 'server.closing', 'server.not-read-only'],
  ...['server.unknown-session', 'server.throttled', 'server.invalid-state'],
] as const

export interface RequestContext {
  readonly sessions: Sessions
  readonly signal: AbortSignal
}

/**
 * What is agreed on afterwards. Throws `refused.*` when it was not carried out for certain, `stopped.*` when it was, or
 * may be yet.
 */
export async function request(step: ReconfigStep, version: bigint, context: RequestContext): Promise<Agreed> {
  const { sessions, signal } = context
  const until = performance.now() + HANDOVER_MS
  // whether one of the requests may have been carried out, and another change came behind it
  let maybe = false
  for (;;) {
    signal.throwIfAborted()
    try {
      await sessions.with((session) => send(session, step, version), ANSWER_MS)
      maybe = true
    } catch (error) {
      const pending = isCode(error, 'server.reconfig-in-progress')
      const lost = isCode(error, ...UNCERTAIN)
      if (!pending && !lost && !isCode(error, 'server.bad-version')) throw explained(error)
      signal.throwIfAborted()
      maybe ||= lost
    }
    const now = await readBack(sessions, signal, until)
    if (now !== null && sameMembership(now.membership, step.to)) return now
    if (now !== null && now.version !== version) throw maybe ? alsoMoved(now) : moved(now, version)
    if (performance.now() > until) throw undecided(version)
    await sleep(AGAIN_MS, undefined, { signal })
  }
}

async function send(session: Session, { joining, leaving, members }: ReconfigStep, version: bigint): Promise<void> {
  await session.reconfig({ joining, leaving, members, version })
}

/** Null: nobody could tell by then. */
export async function readBack(sessions: Sessions, signal: AbortSignal, until: number): Promise<Agreed | null> {
  for (;;) {
    signal.throwIfAborted()
    try {
      const agreed = await sessions.with(readAgreed)
      if (agreed !== null) return agreed
    } catch (error) {
      if (!isCode(error, ...UNCERTAIN)) throw error
    }
    if (performance.now() > until) return null
    await sleep(AGAIN_MS, undefined, { signal })
  }
}

export function moved({ version, membership }: Agreed, planned: bigint): ZkopsError {
  const now = `Somebody else changed the members: version ${hex64(version)} is agreed on now, ${hex64(planned)} was planned on`
  return new ZkopsError('refused.moved', now, { hint: `Plan again from what is: ${entriesOf(membership).join(' ')}` })
}

function alsoMoved({ version, membership }: Agreed): ZkopsError {
  const now = `Somebody else changes the members at the same time: version ${hex64(version)} is agreed on, and it is not what was asked for`
  return new ZkopsError('stopped.moved', now, {
    hint: `Give this one up (zkops reconfig abort), and plan again from what is: ${entriesOf(membership).join(' ')}`,
  })
}

function undecided(version: bigint): ZkopsError {
  const what = `The servers do not decide: version ${hex64(version)} is still agreed on, and the change may come yet`
  return new ZkopsError('stopped.undecided', what, {
    hint: 'A quorum of the old and of the new members has to be up (zkops ensemble status); then zkops reconfig resume.',
  })
}

/** What each answer of PrepRequestProcessor means, in the order in which the leader checks. */
const ANSWERS: Readonly<Record<string, readonly [code: string, what: string, hint: string]>> = {
  'server.reconfig-disabled': [
    'reconfig-disabled',
    'The leader does not take changes of members: reconfigEnabled is not true there',
    'Set reconfigEnabled=true on every member, one restart after the other, the leader last.',
  ],
  'server.unimplemented': [
    'standalone',
    'The server runs alone, and servers that do take no changes of members',
    'Give it a server line and standaloneEnabled=false, and restart it once.',
  ],
  'server.bad-arguments': [
    'bad-arguments',
    'The leader does not take the lines: an address that another member has, one that is missing, groups, or less than two voters with standaloneEnabled',
    'Look at the lines; for less than two voters set standaloneEnabled=false on the members first.',
  ],
  'server.marshalling-error': [
    'bad-arguments',
    'The leader could not read the request',
    'Look at ids and lines: ids are numbers, and there has to be a voter.',
  ],
  'server.new-config-no-quorum': [
    'no-quorum',
    'Too few voters of the new membership are connected and in sync',
    'Start or repair the joiners first; an observer becomes a voter by way of removal.',
  ],
  'server.no-auth': [
    'not-authorised',
    'We may not change /zookeeper/config',
    'Give --auth-user super and its password; it is checked by the server that we are connected to.',
  ],
  'server.session-closed-require-sasl': [
    'not-authorised',
    'The servers want SASL, which zkops does not speak',
    'Use zkCli.sh with a login context.',
  ],
}

function explained(error: unknown): unknown {
  if (!(error instanceof ZkopsError)) return error
  const answer = ANSWERS[error.code]
  if (answer === undefined) return error
  const [code, what, hint] = answer
  return new ZkopsError(`refused.${code}`, what, { hint, cause: error })
}
