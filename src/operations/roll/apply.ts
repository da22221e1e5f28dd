/*
 * Carries a roll out, one member at a time:
 *
 * 1. The ensemble is looked at anew, and with it who leads: whoever is not ready comes first, the leader last.
 * 2. The gates (gates.ts) have to be open; they get some seconds, then it stops.
 * 3. The member is restarted and waited for (step.ts). From the moment at which its step began to its end the leader
 *    may not change but by the step itself.
 * 4. A pause, so that clients find their way back before the next one goes.
 *
 * Never is a second member touched while one is away. Whatever does not go as planned ends it: the journal keeps what is
 * done, and nothing is undone.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { addressText } from '../../config/inventory/connect.ts'
import type { Check, Stopped } from '../../support/change.ts'
import { errorKind, ZkopsError } from '../../support/errors.ts'
import { withEnsembleLock } from '../journal/ensemble-lock.ts'
import {
  createJournal,
  isWorkedOn,
  type OpenJournal,
  progressOf,
  resumeJournal,
  unfinishedOf,
} from '../journal/journal.ts'
import { blockedBy, nextOf } from './gates.ts'
import { memoryOf } from './memory.ts'
import { restartMember, type Step } from './step.ts'
import { verifyRoll } from './verify.ts'
import type { RollMember, RollView } from './view.ts'
import type { RollApplied, RolledMember, RollWork } from './work.ts'

/** An observation may miss a member that is busy. */
const PATIENCE_MS = 5000
const LOOK_MS = 500

export async function applyRoll(work: RollWork): Promise<RollApplied> {
  return withEnsembleLock(work.name, async () => {
    const journal = await openJournal(work)
    return carryOut(work, journal)
  })
}

const membersOf = ({ found }: RollWork): readonly string[] => found.target.connect.map(addressText)

async function openJournal(work: RollWork): Promise<OpenJournal> {
  const { resumed, name, plan, kind, ids, settleMs, waitMs, exec, to } = work
  if (resumed !== null) return resumeJournal(resumed)
  await kind.begin?.()
  const members = membersOf(work)
  for (const old of await unfinishedOf({ ensemble: name, members })) {
    if (old.kind !== 'roll' || isWorkedOn(old) === true) continue
    await (await resumeJournal(old)).end('aborted', 'another roll was begun')
  }
  const data = { ids, settleMs, waitMs, exec: exec ?? null, to: to ?? null, kind: kind.data ?? null }
  return createJournal({ kind: 'roll', ensemble: name, members, plan, data })
}

async function carryOut(work: RollWork, journal: OpenJournal): Promise<RollApplied> {
  const { ids, done, resumed, kind, progress, signal } = work
  const started = performance.now()
  const rolled: RolledMember[] = []
  const left = new Set(ids.filter((_, i) => !done.has(i + 1)))
  const nothingLeft = left.size === 0
  let begun = resumed !== null
  let stopped: Stopped | undefined
  try {
    for (const n of done) if (resumed !== null && !progressOf(resumed).done.has(n)) await journal.step('done', n, SEEN)
    while (left.size > 0) {
      const { member, view } = await untilOpen(work, left)
      await checkMemory(member, work)
      begun = true
      const n = ids.indexOf(member.id) + 1
      const step = await restarted(n, member, view, work, journal)
      left.delete(member.id)
      rolled.push(step.rolled)
      progress.step(`${member.name} is back after ${seconds(step.rolled.commandsMs + step.rolled.readyMs)}`)
      refuseNewLeader(member, view, step.view)
      if (left.size === 0) break
      await sleep(work.settleMs, undefined, { signal })
      rolled.splice(-1, 1, { ...step.rolled, settleMs: work.settleMs })
    }
  } catch (error) {
    stopped = await stoppedBy(error, begun, journal)
  }
  if (stopped === undefined) await journal.end('done', `${rolled.length} members`)
  const totalMs = Math.round(performance.now() - started)
  const waitedMs = rolled.reduce((sum, one) => sum + one.commandsMs + one.readyMs + one.settleMs, 0)
  return {
    // what is left of a roll may be to look whether all is well
    stepsDone: nothingLeft ? 1 : rolled.length,
    verified: stopped === undefined ? await verifyRoll(work, rolled) : await checksAfterStop(work),
    journal: journal.file,
    undo: kind.undo ?? null,
    members: rolled,
    timing: { totalMs, waitedMs, waitedShare: totalMs === 0 ? 1 : Math.round((waitedMs / totalMs) * 1000) / 1000 },
    ...(stopped === undefined ? {} : { stopped }),
  }
}

const SEEN = 'it was done when it was looked at again'

/** Whose turn it is, once it may begin. Throws `refused.blocked`. */
async function untilOpen(work: RollWork, left: ReadonlySet<number>): Promise<{ member: RollMember; view: RollView }> {
  const { observer, plan, signal } = work
  const started = performance.now()
  for (;;) {
    const view = await observer.look()
    const member = nextOf(view, left)
    const config = plan.base.configuration as string | null
    const why = member === undefined ? 'none of them is there' : blockedBy(view, member.id, config)
    if (member !== undefined && why === undefined) return { member, view }
    if (performance.now() - started > PATIENCE_MS) {
      throw new ZkopsError('refused.blocked', `${member?.name ?? 'A member'} is not touched: ${why}`, {
        hint: 'Look at it with zkops ensemble status.',
      })
    }
    await sleep(LOOK_MS, undefined, { signal })
  }
}

async function checkMemory(member: RollMember, work: RollWork): Promise<void> {
  const { found, actions, waitMs, signal } = work
  if (member.role !== 'participant') return
  const memory = await memoryOf(member, { target: found.target, actions, timeoutMs: waitMs, signal })
  if (memory === 'empty') throw forgetful(member)
}

export function forgetful({ name }: RollMember): ZkopsError {
  return new ZkopsError(
    'refused.forgetful',
    `the data directory of ${name} is empty: it has forgotten what it voted for`,
    {
      hint: 'Fill it from a member that serves (zkops data seed), or let it start with -Dzookeeper.db.autocreate=false by hand.',
    },
  )
}

/** Nobody planned that. Throws `stopped.leader-changed`. */
function refuseNewLeader(member: RollMember, before: RollView, after: RollView): void {
  const [leader] = before.leaders
  if (leader === member.id || after.leaders[0] === leader) return
  const what = `server ${leader} led when ${member.name} was restarted, and server ${after.leaders[0]} does now`
  throw new ZkopsError('stopped.leader-changed', what, { hint: 'Nobody planned that: see why before it goes on.' })
}

async function restarted(
  n: number,
  member: RollMember,
  before: RollView,
  work: RollWork,
  journal: OpenJournal,
): Promise<Step> {
  const { kind, signal } = work
  try {
    const step = await restartMember(n, member, before, work, journal)
    const wrong = await kind.after?.(step.view.members.find(({ id }) => id === member.id)!)
    if (wrong !== undefined) throw new ZkopsError('stopped.not-as-planned', `${member.name} serves, but ${wrong}`)
    const { commandsMs, readyMs } = step.rolled
    await journal.step('done', n, `${kind.verb} ${member.name}`, { commandsMs, readyMs })
    return step
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof ZkopsError && error.code !== 'stopped.journal') await journal.step('failed', n, error.message)
    throw error
  }
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

/** What it is stopped by; before anything was begun it is refused, and over. */
async function stoppedBy(error: unknown, begun: boolean, journal: OpenJournal): Promise<Stopped> {
  if (!(error instanceof ZkopsError) || !STOPPING.includes(errorKind(error.code))) throw error
  const { code, message, hint } = error
  if (!begun) {
    await journal.end('aborted', message)
    throw error
  }
  const next = 'Then zkops roll resume goes on.'
  return {
    code: code.replace(/^(refused|server|environment)/, 'stopped'),
    why: message,
    hint: hint === undefined ? next : `${hint} ${next}`,
  }
}

const STOPPING = ['refused', 'stopped', 'server', 'environment', 'input']

/** What matters when it is stopped: does the ensemble serve? */
async function checksAfterStop({ observer }: RollWork): Promise<readonly Check[]> {
  const { overview, members } = await observer.look()
  const away = members.filter(({ ready }) => !ready).map(({ name, state }) => `${name} (${state})`)
  const detail = away.length === 0 ? 'all members serve' : `${away.join(', ')} does not serve`
  return [{ check: 'the ensemble has a quorum', ok: overview.hasQuorum, detail }]
}
