/*
 * How anything is changed: observe, plan, show, confirm, apply, verify, with a way back. An operation prepares a Change
 * from what is; cli/change-command.ts shows its plan, asks, and lets it be applied.
 */
import { createHash } from 'node:crypto'
import { ZkopsError } from './errors.ts'
import type { Finding } from './finding.ts'
import { hex64 } from './hex.ts'

export interface PlanStep {
  /** From 1. */
  readonly n: number
  /** One word or two: `write`, `quarantine`, `add server`. */
  readonly action: string
  readonly target: string
  readonly detail: string
  readonly reversible: boolean
}

/** What is gone afterwards, exactly. */
export interface Loss {
  readonly txns: number
  readonly firstZxid: bigint | null
  readonly lastZxid: bigint | null
  /** Paths of znodes that the lost transactions name; at most 1000 of them. */
  readonly znodes: readonly string[]
  readonly bytes: number
}

export const LOSES_NOTHING: Loss = { txns: 0, firstZxid: null, lastZxid: null, znodes: [], bytes: 0 }

export interface Plan {
  /** `sha256…` of everything below: the same plan has the same id. */
  readonly id: string
  /** The command's words: `log chop`. */
  readonly kind: string
  /** What it was computed from. */
  readonly base: Readonly<Record<string, unknown>>
  readonly steps: readonly PlanStep[]
  readonly loses: Loss
  /** How to go back. */
  readonly undo: string
}

export interface Refusal {
  readonly code: string
  readonly why: string
  /** What shows that it would go wrong. */
  readonly counterexample: Readonly<Record<string, unknown>> | null
}

export interface Check {
  readonly check: string
  readonly ok: boolean | null
  readonly detail: string
}

/** What was done. */
export interface Applied {
  readonly stepsDone: number
  readonly verified: readonly Check[]
  readonly journal: string | null
  /** The command that takes it back. */
  readonly undo: string | null
  /** Why it went no further: the state is safe, and it can be gone on with. */
  readonly stopped?: Stopped
}

export interface Stopped {
  readonly code: string
  readonly why: string
  readonly hint: string
}

/** `--dry-run --json`. */
export interface PlanResult {
  readonly plan: Plan
  readonly refused: Refusal | null
  readonly findings: readonly Finding[]
}

/** `--execute --json`. */
export interface ChangeResult extends PlanResult, Applied {
  readonly outcome: 'done' | 'nothing' | 'refused' | 'stopped'
}

/** A plan that can be carried out; a plan without steps has nothing to do. */
export interface Change extends PlanResult {
  /** Throws `stopped.*` with the state safe and the way on, `refused.*` when the world has moved since the plan. */
  apply(): Promise<Applied>
}

type PlanParts = Omit<Plan, 'id' | 'steps'> & { readonly steps: readonly Omit<PlanStep, 'n'>[] }

export function makePlan({ kind, base, steps, loses, undo }: PlanParts): Plan {
  const numbered = steps.map((step, i) => ({ n: i + 1, ...step }))
  const parts = { kind, base, steps: numbered, loses, undo }
  const text = JSON.stringify(parts, (_, value: unknown) => (typeof value === 'bigint' ? hex64(value) : value))
  return { id: `sha256:${createHash('sha256').update(text).digest('hex')}`, ...parts }
}

/** A change that is not made. */
export function refusedChange(plan: Plan, refused: Refusal, findings: readonly Finding[] = []): Change {
  return {
    plan: { ...plan, steps: [] },
    refused,
    findings,
    apply: () => Promise.reject(new ZkopsError('refused', refused.why)),
  }
}
