/* A plan as a file, to be reviewed and carried out later (saved-plan.ts). */
import { putFile } from '../../datadir/replace-file.ts'
import type { Plan } from '../../support/change.ts'
import { hex64 } from '../../support/hex.ts'
import type { Acceptable } from './refusals.ts'
import type { Wanted } from './wanted.ts'

export const PLAN_FORM = 1

export interface SavedPlan {
  readonly zkopsPlan: typeof PLAN_FORM
  readonly wanted: Wanted
  readonly accept: readonly Acceptable[]
  /** 64-bit values are text. */
  readonly plan: Plan
}

/** Throws `stopped.output`. */
export async function savePlan(file: string, saved: Omit<SavedPlan, 'zkopsPlan'>): Promise<void> {
  const owner = { mode: 0o644, uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }
  await putFile(file, Buffer.from(`${plainText({ zkopsPlan: PLAN_FORM, ...saved }, 2)}\n`), owner)
}

export function plainText(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? hex64(inner) : inner), indent)
}
