/*
 * From what was typed to a roll that can be shown, confirmed and carried out: the ensemble is observed, what restarts
 * its members is found, what stands against it is said, and the order is planned. It is planned anew at every step.
 */

import { addressText } from '../../config/inventory/connect.ts'
import {
  type Change,
  LOSES_NOTHING,
  makePlan,
  type PlanStep,
  type Refusal,
  refusedChange,
} from '../../support/change.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { targetName } from '../ensemble/observe-target.ts'
import { expectationsOf, healthView } from '../health/view.ts'
import { findTarget } from '../inventory/target.ts'
import { isWorkedOn, type Journal, unfinishedOf } from '../journal/journal.ts'
import { memberActions } from '../live/member-actions.ts'
import { applyRoll, forgetful } from './apply.ts'
import { rollFinding } from './findings.ts'
import { inOrder, refusalOf } from './gates.ts'
import { memoryOf } from './memory.ts'
import { actionMember, configText, observerOf, type RollMember, type RollView } from './view.ts'
import type { RollContext, RollKindOf, RollOptions, RollScene, RollWork } from './work.ts'

/** Beyond what servers wait for each other: a notification may take a minute. */
const BEYOND_MS = 60_000
/** How fast a snapshot is sent and loaded at least. */
const LOAD_BYTES_PER_MS = 5000

/** Throws as findTarget does, `server.refused` when nobody answers, `usage` for unknown members and without a command. */
export async function prepareRoll(options: RollOptions, context: RollContext, kindOf: RollKindOf): Promise<Change> {
  const found = await findTarget(options.live)
  const observer = await observerOf(found, context.signal)
  const view = observer.first
  if (view.members.every(({ answer }) => answer === null)) throw nobody(targetName(found.target))
  const limits = healthView(view.overview, expectationsOf(found.target), null)
  const waitMs = options.waitMs ?? limits.initLimitMs() + loadMs(view) + BEYOND_MS
  const settleMs = options.settleMs ?? 2 * limits.syncLimitMs()
  const members = selected(view, options.servers)
  const actions = await memberActions({
    ...{ target: found.target, members: view.members.map(actionMember), exec: options.exec, timeoutMs: waitMs },
    to: options.to,
  })
  const scene: RollScene = { found, observer, members, actions, waitMs, signal: context.signal }
  const kind = await kindOf(scene)
  return changeOf({ ...scene, ...context, settleMs, exec: options.exec, to: options.to, kind }, view)
}

/** A roll without what is planned of it. */
export type Unplanned = Omit<RollWork, 'name' | 'plan' | 'ids' | 'done' | 'resumed'>

export async function changeOf(roll: Unplanned, view: RollView): Promise<Change> {
  const { found, kind, members, settleMs } = roll
  const name = targetName(found.target)
  const left = inOrder(members.filter((member) => kind.isDone?.(member) !== true))
  const plan = makePlan({
    kind: kind.kind,
    base: {
      ...{ ensemble: name, leader: view.leaders[0] ?? null, configVersion: view.membership?.version ?? null },
      configuration: configText(view.membership),
      members: view.members.map(({ id, role, state, version }) => ({ id, role, state, version })),
      ...{ settleMs, ...kind.base },
    },
    steps: left.map((member) => stepOf(member, roll)),
    loses: LOSES_NOTHING,
    undo: kind.undo ?? 'nothing to undo: afterwards all members run as before',
  })
  const unfinished = await unfinishedOf({ ensemble: name, members: found.target.connect.map(addressText) })
  const findings = [...found.findings, ...(kind.findings ?? []), ...unfinished.flatMap((one) => supersedes(one))]
  const ids = left.map(({ id }) => id)
  const refused =
    refusalOf(view, ids) ?? kind.refused ?? unfinishedRefusal(unfinished) ?? (await memoryRefusal(left, roll))
  if (refused !== null) return refusedChange(plan, refused, findings)
  const work: RollWork = { ...roll, name, plan, ids, done: new Set(), resumed: null }
  return { plan, refused: null, findings, apply: () => applyRoll(work) }
}

/** What runs stands in it word for word. */
export function stepOf(member: RollMember, { kind, actions }: Unplanned): Omit<PlanStep, 'n'> {
  const { host } = member.place
  const as = member.ready ? asWhat(member) : `${member.state}, so first`
  const detail = kind.detail?.(member)
  const commands = (kind.actions?.(member) ?? actions.restart(actionMember(member))).map(({ text }) => text)
  const what = [as, ...(detail === undefined ? [] : [detail]), `runs: ${commands.join(' ; ')}`].join('; ')
  return { action: kind.verb, target: `${member.name} (${host})`, detail: what, reversible: true }
}

function asWhat({ state, role }: RollMember): string {
  if (state === 'leading') return 'leader, so last'
  return role === 'observer' ? 'observer' : 'follower'
}

function selected({ members }: RollView, ids: readonly number[] | undefined): readonly RollMember[] {
  if (ids === undefined) return members
  return [...new Set(ids)].map((id) => {
    const member = members.find((one) => one.id === id)
    if (member !== undefined) return member
    const known = members.map((one) => one.id).join(', ')
    throw new ZkopsError('usage', `There is no server ${id}`, { hint: `The members are ${known}.` })
  })
}

function loadMs({ members }: RollView): number {
  const sizes = members.map(({ answer }) => answer?.metrics.get('approximate_data_size') ?? 0)
  return Math.round(Math.max(0, ...sizes) / LOAD_BYTES_PER_MS)
}

/** One that forgot what it acknowledged must not vote. */
export async function memoryRefusal(members: readonly RollMember[], roll: Unplanned): Promise<Refusal | null> {
  const { found, actions, waitMs, signal } = roll
  for (const member of members.filter(({ role }) => role === 'participant')) {
    const memory = await memoryOf(member, { target: found.target, actions, timeoutMs: waitMs, signal })
    if (memory !== 'empty') continue
    const { code, message, hint } = forgetful(member)
    return { code, why: `${message}. ${hint}`, counterexample: { server: member.id, state: member.state } }
  }
  return null
}

/** Rolls that were left are given up by a new one, other changes are not. */
export function unfinishedRefusal(unfinished: readonly Journal[]): Refusal | null {
  const worked = unfinished.find((one) => isWorkedOn(one) === true)
  const other = worked ?? unfinished.find(({ kind }) => kind !== 'roll')
  if (other === undefined) return null
  const why =
    worked === undefined
      ? `a change of members is not finished (${other.id}): zkops ${other.kind} resume goes on with it`
      : `${other.id} is being worked on`
  return { code: 'refused.unfinished', why, counterexample: { journal: other.file } }
}

function supersedes({ id, kind, startedAt, file }: Journal): readonly Finding[] {
  if (kind !== 'roll') return []
  const message = `a roll that began ${startedAt} is not finished (${id}): zkops roll resume goes on with it, this one begins anew`
  return [{ ...rollFinding('roll.unfinished', 'warning', message), file }]
}

function nobody(name: string): ZkopsError {
  return new ZkopsError('server.refused', `No member of ${name} answers`, {
    hint: 'Are the client ports right? zkops ensemble status tells of each member.',
  })
}
