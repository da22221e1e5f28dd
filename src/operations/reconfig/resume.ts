/*
 * A change of members that was interrupted is gone on with:
 *
 * 1. The journal says which memberships there were to be, one after the other; the configuration says which one is now.
 *    What was asked for and not answered is told from that, too.
 * 2. From there to the last one it is planned and checked as anything is, under the same journal.
 * 3. At the last one there is nothing left but to verify it.
 */
import { type GivenMembership, parseMembership } from '../../cluster/membership.ts'
import { type Change, LOSES_NOTHING, makePlan, type Plan, type Refusal, refusedChange } from '../../support/change.ts'
import { ZkopsError } from '../../support/errors.ts'
import { hex64 } from '../../support/hex.ts'
import type { LiveOptions } from '../inventory/target.ts'
import {
  type EnsembleName,
  findJournal,
  isWorkedOn,
  type Journal,
  progressOf,
  unfinishedOf,
} from '../journal/journal.ts'
import type { LiveContext } from '../live/session.ts'
import { changeOf, lookAt, notKept, type PreparedReconfig, planOn, prepared } from './change.ts'
import type { SeenEnsemble } from './observe.ts'
import { entriesOf, sameMembership } from './present.ts'
import type { Acceptable } from './refusals.ts'

export interface ResumeOptions {
  readonly live: LiveOptions
  /** The id of a journal; undefined: the newest of this ensemble that is not finished. */
  readonly journal: string | undefined
  readonly accept: readonly Acceptable[]
  readonly strict: boolean
}

/** Throws as lookAt does, and `usage` for a journal that is none. */
export async function prepareResume(options: ResumeOptions, context: LiveContext): Promise<PreparedReconfig> {
  const seen = await lookAt(options.live, context)
  const { agreed } = seen.access
  if (agreed === null) return prepared(notKept('reconfig resume', seen))
  const journal = await openOne(seen, options.journal)
  if (journal === undefined) return prepared(nothingLeft(seen))
  const nothing = (refused: Refusal) => prepared(refusedChange(planOf(seen, journal, []), refused, seen.findings))
  if (isWorkedOn(journal) === true) {
    return nothing(refusal('locked', `process ${lastPid(journal)} still works on ${journal.id}`))
  }
  const memberships = membershipsOf(journal)
  const done = memberships.findLastIndex((one) => sameMembership(one, agreed.membership))
  if (done < 0) {
    const why = `version ${hex64(agreed.version)} is none of the memberships of ${journal.id}: somebody else changed the members. Give it up (zkops reconfig abort), and plan again`
    return nothing(refusal('moved', why))
  }
  const { accept: saved } = journal.data as { readonly accept: readonly Acceptable[] }
  const accept = [...new Set([...options.accept, ...saved])]
  const resumed = { journal, done }
  const base = { agreed, seen, accept, undo: journal.plan.undo, resumed, signal: context.signal }
  if (done === memberships.length - 1) {
    const plan = planOf(seen, journal, [VERIFY])
    return prepared(changeOf({ ...base, plan, requests: [] }, null, seen.findings))
  }
  const wanted = { kind: 'resume', memberships: memberships.slice(done + 1).map(entriesOf) } as const
  const planned = await planOn(seen, agreed, wanted, { ...options, accept }, context.signal)
  const plan: Plan = { ...planned.plan.plan, kind: 'reconfig resume', undo: journal.plan.undo }
  const work = { ...base, plan, requests: planned.plan.requests }
  return prepared(changeOf(work, planned.refused, planned.findings), planned.prechecks)
}

const VERIFY = {
  action: 'verify',
  target: 'all members',
  detail: 'every step is done: only what holds afterwards is checked',
  reversible: true,
}

function planOf(seen: SeenEnsemble, { plan, id }: Journal, steps: Parameters<typeof makePlan>[0]['steps']): Plan {
  const base = { ensemble: seen.name, journal: id, version: seen.access.agreed?.version ?? null }
  return makePlan({ kind: 'reconfig resume', base, steps, loses: LOSES_NOTHING, undo: plan.undo })
}

const refusal = (code: string, why: string): Refusal => ({ code: `refused.${code}`, why, counterexample: null })

function nothingLeft({ name, access: { agreed }, findings }: SeenEnsemble): Change {
  const base = { ensemble: name, version: agreed!.version }
  const plan = makePlan({ kind: 'reconfig resume', base, steps: [], loses: LOSES_NOTHING, undo: 'nothing to undo' })
  const apply = () => Promise.resolve({ stepsDone: 0, verified: [], journal: null, undo: null })
  return { plan, refused: null, findings, apply }
}

/** Undefined: nothing is unfinished. Throws `usage` for the id of one that is finished, or of something else. */
async function openOne({ name, sessions }: SeenEnsemble, id: string | undefined): Promise<Journal | undefined> {
  if (id === undefined) return unfinishedReconfig({ ensemble: name, members: sessions.addresses })
  const found = await findJournal(id)
  if (found.kind === 'reconfig' && progressOf(found).outcome === null) return found
  throw new ZkopsError('usage', `${found.id} is finished, or no change of members`, {
    hint: 'zkops reconfig status shows what there is.',
  })
}

/** The newest; undefined when there is none. */
export async function unfinishedReconfig(ensemble: EnsembleName): Promise<Journal | undefined> {
  return (await unfinishedOf(ensemble)).findLast(({ kind }) => kind === 'reconfig')
}

/** The first is the one that it was planned on. */
function membershipsOf({ plan }: Journal): readonly GivenMembership[] {
  return (plan.base.memberships as readonly (readonly string[])[]).map(parseMembership)
}

function lastPid({ by, entries }: Journal): number {
  return (entries.flatMap((entry) => (entry.event === 'resume' ? [entry.by] : [])).at(-1) ?? by).pid
}
