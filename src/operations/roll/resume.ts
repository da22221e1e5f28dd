/*
 * A roll that was interrupted is gone on with:
 *
 * 1. Its journal says who is done, and of the member whose step was begun how its process was told before.
 * 2. That one is done when its process is another one now, it serves, and what the roll brings is there; else its step is
 *    repeated, which does no harm.
 * 3. From there on it is a roll as any other, under the same journal.
 */
import { addressText } from '../../config/inventory/connect.ts'
import { type Change, LOSES_NOTHING, makePlan, type Refusal, refusedChange } from '../../support/change.ts'
import { ZkopsError } from '../../support/errors.ts'
import { targetName } from '../ensemble/observe-target.ts'
import { type FoundTarget, findTarget, type LiveOptions } from '../inventory/target.ts'
import { findJournal, isWorkedOn, type Journal, progressOf, unfinishedOf } from '../journal/journal.ts'
import { memberActions } from '../live/member-actions.ts'
import { applyRoll } from './apply.ts'
import { inOrder, refusalOf } from './gates.ts'
import { kindOf } from './kinds.ts'
import { memoryRefusal, stepOf, type Unplanned } from './prepare.ts'
import { isAnew, type Trace, traceOf } from './trace.ts'
import { actionMember, configText, observerOf, type RollMember, type RollView } from './view.ts'
import type { RollContext, RollWork } from './work.ts'

export interface ResumeRollOptions {
  readonly live: LiveOptions
  /** The id of a journal; undefined: the newest of this ensemble that is not finished. */
  readonly journal: string | undefined
}

/** What a roll wrote down of itself. */
interface RollData {
  readonly ids: readonly number[]
  readonly settleMs: number
  readonly waitMs: number
  readonly exec: string | null
  readonly to: string | null
  readonly kind: unknown
}

/** Throws as prepareRoll does, and `usage` for a journal that is none of a roll. */
export async function prepareResume(options: ResumeRollOptions, context: RollContext): Promise<Change> {
  const found = await findTarget(options.live)
  const name = targetName(found.target)
  const journal = await openOne(found, options.journal)
  if (journal === undefined) return nothingLeft(name, found)
  const { ids, settleMs, waitMs, exec, to, kind: kindData } = journal.data as RollData
  const observer = await observerOf(found, context.signal)
  const view = observer.first
  const actions = await memberActions({
    ...{ target: found.target, members: view.members.map(actionMember), timeoutMs: waitMs },
    ...{ exec: exec ?? undefined, to: to ?? undefined },
  })
  const members = view.members.filter(({ id }) => ids.includes(id))
  const scene = { found, observer, members, actions, waitMs, ...context }
  const kind = await kindOf(journal.plan.kind, kindData)(scene)
  const roll: Unplanned = { ...scene, settleMs, exec: exec ?? undefined, to: to ?? undefined, kind }
  const done = await doneSteps(journal, ids, members, roll)
  const left = inOrder(members.filter(({ id }) => !done.has(ids.indexOf(id) + 1)))
  const configuration = journal.plan.base.configuration as string | null
  const plan = makePlan({
    kind: 'roll resume',
    base: {
      ...{ ensemble: name, journal: journal.id, roll: journal.plan.kind, leader: view.leaders[0] ?? null },
      ...{ configuration, done: ids.filter((_, i) => done.has(i + 1)) },
    },
    steps: left.length === 0 ? [VERIFY] : left.map((member) => stepOf(member, roll)),
    loses: LOSES_NOTHING,
    undo: journal.plan.undo,
  })
  const missing = ids.filter((id) => !members.some((member) => member.id === id))
  const refused =
    lockedRefusal(journal) ?? movedRefusal(view, configuration, missing) ?? (await openRefusal(view, left, roll))
  if (refused !== null) return refusedChange(plan, refused, found.findings)
  const work: RollWork = { ...roll, name, plan, ids, done, resumed: journal }
  return { plan, refused: null, findings: found.findings, apply: () => applyRoll(work) }
}

const VERIFY = {
  action: 'verify',
  target: 'all members',
  detail: 'every member is done: only what holds afterwards is checked',
  reversible: true,
}

async function openOne({ target }: FoundTarget, id: string | undefined): Promise<Journal | undefined> {
  if (id === undefined) {
    const own = { ensemble: targetName(target), members: target.connect.map(addressText) }
    return (await unfinishedOf(own)).findLast(({ kind }) => kind === 'roll')
  }
  const found = await findJournal(id)
  if (found.kind === 'roll' && progressOf(found).outcome === null) return found
  throw new ZkopsError('usage', `${found.id} is finished, or no roll`, {
    hint: 'zkops roll status shows what there is.',
  })
}

function nothingLeft(ensemble: string, { findings }: FoundTarget): Change {
  const plan = makePlan({
    ...{ kind: 'roll resume', base: { ensemble }, steps: [], loses: LOSES_NOTHING, undo: 'nothing to undo' },
  })
  const apply = () => Promise.resolve({ stepsDone: 0, verified: [], journal: null, undo: null })
  return { plan, refused: null, findings, apply }
}

/** Those of the journal, and the one that was begun if it shows that it is done. */
async function doneSteps(
  journal: Journal,
  ids: readonly number[],
  members: readonly RollMember[],
  { kind }: Unplanned,
): Promise<ReadonlySet<number>> {
  const done = new Set(progressOf(journal).done)
  for (const entry of journal.entries) {
    if (entry.event !== 'begin' || done.has(entry.step)) continue
    const member = members.find(({ id }) => id === ids[entry.step - 1])
    const before = entry.evidence?.trace as Trace | undefined
    if (member === undefined || !member.ready || before === undefined) continue
    const anew = isAnew(before, await traceOf(member), member, false)
    if (anew === true && (await kind.after?.(member)) === undefined) done.add(entry.step)
  }
  return done
}

function lockedRefusal(journal: Journal): Refusal | null {
  if (isWorkedOn(journal) !== true) return null
  return { code: 'refused.locked', why: `${journal.id} is still being worked on`, counterexample: null }
}

function movedRefusal(view: RollView, planned: string | null, missing: readonly number[]): Refusal | null {
  const now = configText(view.membership)
  const moved = now !== null && planned !== null && now !== planned
  if (!moved && missing.length === 0) return null
  const why = `the members have changed since the roll began: begin a new one, which takes its place`
  return { code: 'refused.moved', why, counterexample: { planned, now, missing: missing.join(', ') } }
}

async function openRefusal(view: RollView, left: readonly RollMember[], roll: Unplanned): Promise<Refusal | null> {
  const [first] = left
  if (first === undefined) return null
  // it may be the one that was stopped and not started any more: the others have their turn when it is back
  return refusalOf(view, [first.id]) ?? (await memoryRefusal(left, roll))
}
