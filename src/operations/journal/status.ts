/* A change as its journal tells it. */
import { isWorkedOn, type Journal, type JournalOutcome, progressOf } from './journal.ts'

export interface StepStatus {
  readonly n: number
  readonly target: string
  readonly detail: string
  /** `unknown`: it was begun, and nobody wrote how it ended. */
  readonly state: 'done' | 'unknown' | 'failed' | 'open'
}

export interface ChangeStatus {
  readonly id: string
  readonly file: string
  readonly kind: string
  readonly startedAt: string
  readonly by: string
  /** Null: it is another machine's. */
  readonly running: boolean | null
  /** Null: it is not over. */
  readonly outcome: JournalOutcome | null
  readonly steps: readonly StepStatus[]
  /** What the last step failed with. */
  readonly failure: string | null
  readonly undo: string
}

export function changeStatus(journal: Journal): ChangeStatus {
  const { id, file, plan, startedAt, by } = journal
  const { done, open, outcome } = progressOf(journal)
  const failures = journal.entries.flatMap((entry) =>
    entry.event === 'failed' && !done.has(entry.step) ? [entry] : [],
  )
  const steps = plan.steps.map(({ n, target, detail }): StepStatus => {
    const failed = failures.some(({ step }) => step === n)
    const state = done.has(n) ? 'done' : open === n ? 'unknown' : failed ? 'failed' : 'open'
    return { n, target, detail, state }
  })
  return {
    ...{ id, file, kind: plan.kind, startedAt, by: `${by.user} on ${by.host}`, outcome, steps },
    running: outcome === null ? (isWorkedOn(journal) ?? null) : false,
    failure: failures.at(-1)?.detail ?? null,
    undo: plan.undo,
  }
}
