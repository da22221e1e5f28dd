/*
 * From what was typed to a change that can be shown, confirmed and carried out:
 *
 * 1. The ensemble is observed, then those who join.
 * 2. The plan is made (plan.ts), and everything that has to be right before is checked (prechecks.ts, joiner-checks.ts).
 * 3. What stands against it is why it is refused: a joiner that is not what it should be, the plan itself, a check.
 */
import { type Change, LOSES_NOTHING, makePlan, type Refusal, refusedChange } from '../../support/change.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { findTarget, type LiveOptions } from '../inventory/target.ts'
import { unfinishedOf } from '../journal/journal.ts'
import type { LiveContext } from '../live/session.ts'
import { applyReconfig, type ReconfigWork } from './apply.ts'
import { joinerChecks } from './joiner-checks.ts'
import { type Agreed, observeJoiners, observeReconfig, presentOf, type SeenEnsemble } from './observe.ts'
import { planReconfig, type ReconfigPlan } from './plan.ts'
import { type PreCheck, warningOf } from './pre-check.ts'
import { prechecks } from './prechecks.ts'
import type { Acceptable } from './refusals.ts'
import { type Request, wantedOf } from './requested.ts'
import { savePlan } from './save-plan.ts'
import { sessionsFor } from './sessions.ts'
import { targetFlags } from './target-flags.ts'
import { newLines, pathsOf, type Wanted } from './wanted.ts'

export interface ReconfigOptions {
  readonly live: LiveOptions
  readonly request: Request
  readonly accept: readonly Acceptable[]
  readonly strict: boolean
}

export interface PreparedReconfig {
  readonly change: Change
  readonly prechecks: readonly PreCheck[]
  readonly save: (file: string) => Promise<void>
}

/** One that is not to be kept for later. */
export const prepared = (change: Change, checks: readonly PreCheck[] = []): PreparedReconfig => ({
  ...{ change, prechecks: checks },
  save: () => Promise.reject(new ZkopsError('usage', 'this plan is not one to be saved')),
})

/** Throws `usage`, `input.*`, `server.*`. */
export async function prepareReconfig(options: ReconfigOptions, context: LiveContext): Promise<PreparedReconfig> {
  const seen = await lookAt(options.live, context)
  const { agreed } = seen.access
  const { request } = options
  if (agreed === null) return prepared(notKept(`reconfig ${request.kind}`, seen))
  const wanted = wantedOf(request, agreed.membership, seen.target)
  const planned = await planOn(seen, agreed, wanted, options, context.signal)
  const refused = planned.refused ?? (await refusedUnfinished(seen))
  const { plan, requests, undo } = planned.plan
  const work = { plan, requests, agreed, seen, undo, accept: options.accept, resumed: null, signal: context.signal }
  return {
    change: changeOf(work, refused, planned.findings),
    prechecks: planned.prechecks,
    save: (file) => savePlan(file, { wanted, accept: options.accept, plan }),
  }
}

export async function lookAt(live: LiveOptions, { ask, signal }: LiveContext): Promise<SeenEnsemble> {
  const found = await findTarget(live)
  return observeReconfig(found, await sessionsFor(found.target, ask, signal), signal)
}

export function changeOf(work: ReconfigWork, refused: Refusal | null, findings: readonly Finding[]): Change {
  const { plan } = work
  if (refused !== null) return refusedChange(plan, refused, findings)
  return { plan, refused: null, findings, apply: () => applyReconfig(work) }
}

export interface Planned {
  readonly plan: ReconfigPlan
  readonly prechecks: readonly PreCheck[]
  readonly refused: Refusal | null
  readonly findings: readonly Finding[]
}

/** The plan, with everything that was looked at. */
export async function planOn(
  seen: SeenEnsemble,
  agreed: Agreed,
  wanted: Wanted,
  { accept, strict, live }: Pick<ReconfigOptions, 'accept' | 'strict' | 'live'>,
  signal: AbortSignal,
): Promise<Planned> {
  const flags = targetFlags(live)
  const accepted = new Set(accept)
  const before = await presentOf(seen, agreed, [], flags)
  const lines = new Map([...newLines(wanted, before)].filter(([id]) => !agreed.membership.servers.has(id)))
  const joiners = await observeJoiners(lines, seen, signal)
  const present = await presentOf(seen, agreed, joiners, flags)
  const plan = planReconfig(wanted, present, accepted)
  const path = plan.requests.map(({ to }) => to)
  const final = path.at(-1) ?? pathsOf(wanted, present)[0]?.at(-1) ?? agreed.membership
  const leaving = new Set([...agreed.membership.servers.keys()].filter((id) => !final.servers.has(id)))
  const change = { agreed, path, leaving, joiners }
  const [pre, joining] = await Promise.all([
    prechecks(seen, change, { degraded: accepted.has('degraded'), strict }),
    Promise.all(joiners.map((joiner) => joinerChecks(joiner, seen, agreed, present))),
  ])
  const checks = [...pre, ...joining.flat().map((check) => strictly(check, strict))]
  const refused = firstOf(joining.flat(), IDENTITY) ?? plan.refused ?? firstOf(checks)
  return { plan, prechecks: checks, refused, findings: [...checks.flatMap(warningOf), ...seen.findings] }
}

/** A joiner that is another server is told as that, not as one that is behind. */
const IDENTITY = ['refused.wrong-id', 'refused.other-ensemble', 'refused.joiner-differs']

function strictly(check: PreCheck, strict: boolean): PreCheck {
  return strict && check.result === 'warned' ? { ...check, result: 'refused', code: 'refused.strict' } : check
}

function firstOf(checks: readonly PreCheck[], codes?: readonly string[]): Refusal | null {
  const found = checks.find(({ result, code }) => result === 'refused' && (codes?.includes(code!) ?? true))
  return found === undefined
    ? null
    : { code: found.code!, why: `${found.check}: ${found.detail}`, counterexample: null }
}

/** Of one change the next begins only when it has ended. */
export async function refusedUnfinished({ name, sessions }: SeenEnsemble): Promise<Refusal | null> {
  const open = (await unfinishedOf({ ensemble: name, members: sessions.addresses })).at(-1)
  if (open === undefined) return null
  const { id, kind, plan, startedAt } = open
  const why = `${plan.kind} of ${startedAt} is not finished (${id}): zkops ${kind} resume goes on with it, zkops ${kind} abort gives it up`
  return { code: 'refused.unfinished', why, counterexample: null }
}

/** These servers cannot be changed while they run. */
export function notKept(kind: string, { name, overview, findings }: SeenEnsemble): Change {
  const plan = makePlan({ kind, base: { ensemble: name }, steps: [], loses: LOSES_NOTHING, undo: 'nothing to undo' })
  const versions = overview.members.flatMap(({ answer }) => answer?.version ?? [])
  const old = versions.find((version) => version.startsWith('3.4.'))
  const why =
    old === undefined
      ? `${name} keeps no configuration that could be changed while it runs: a standalone server, or reconfigEnabled=false`
      : `${name} is of ${old}: servers take changes of members from 3.5 on`
  const hint = 'change the files one member at a time (zkops quorum simulate tells which way is safe)'
  return refusedChange(plan, { code: 'refused.not-kept', why: `${why}; ${hint}`, counterexample: null }, findings)
}
