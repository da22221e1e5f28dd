/* A plan that is reviewed first and carried out later: refused then when what it was computed from has changed. */
import { readFile } from 'node:fs/promises'
import { makePlan } from '../../support/change.ts'
import { fileError, ZkopsError } from '../../support/errors.ts'
import type { LiveContext } from '../live/session.ts'
import {
  changeOf,
  lookAt,
  notKept,
  type PreparedReconfig,
  planOn,
  prepared,
  type ReconfigOptions,
  refusedUnfinished,
} from './change.ts'
import { PLAN_FORM, plainText, type SavedPlan } from './save-plan.ts'

/** Throws `input.*` for a file that is none, or was changed behind its id. */
export async function readSavedPlan(file: string): Promise<SavedPlan> {
  const text = await readFile(file, 'utf8').catch((error) => {
    throw fileError(error, file)
  })
  const saved = parsed(text)
  if (saved?.zkopsPlan !== PLAN_FORM || saved.wanted === undefined || !Array.isArray(saved.plan?.steps)) {
    throw new ZkopsError('input.plan', `${file} is no plan that zkops reconfig … -o saved`, { file })
  }
  const { id, ...parts } = saved.plan
  const steps = parts.steps.map(({ n: _, ...step }) => step)
  if (makePlan({ ...parts, steps }).id !== id) {
    throw new ZkopsError('input.plan', `${file} was changed since it was saved: its id does not fit`, { file })
  }
  return saved
}

function parsed(text: string): SavedPlan | undefined {
  try {
    return JSON.parse(text) as SavedPlan
  } catch {
    return undefined
  }
}

/** Planned anew from what is; refused when that is not what was reviewed. */
export async function prepareSaved(
  saved: SavedPlan,
  options: Omit<ReconfigOptions, 'request' | 'accept'>,
  context: LiveContext,
): Promise<PreparedReconfig> {
  const { wanted, accept, plan: reviewed } = saved
  const seen = await lookAt(options.live, context)
  const { agreed } = seen.access
  if (agreed === null) return prepared(notKept(reviewed.kind, seen))
  const planned = await planOn(seen, agreed, wanted, { ...options, accept }, context.signal)
  const { plan, requests, undo } = planned.plan
  const changed = ['version', 'memberships', 'down', 'behind'].filter(
    (key) => plainText(plan.base[key]) !== plainText(reviewed.base[key]),
  )
  const why = `what the plan was computed from has changed: ${changed.map((key) => `${key} was ${plainText(reviewed.base[key])} and is ${plainText(plan.base[key])}`).join('; ')}. Plan again`
  const moved = { code: 'refused.base-changed', why, counterexample: null }
  const refused = changed.length > 0 ? moved : (planned.refused ?? (await refusedUnfinished(seen)))
  const work = { plan, requests, agreed, seen, undo, accept, resumed: null, signal: context.signal }
  return prepared(changeOf(work, refused, planned.findings), planned.prechecks)
}
