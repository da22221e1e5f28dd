import type { FileChange } from '../../datadir/swap-files.ts'
import type { Loss, PlanStep, Refusal } from '../../support/change.ts'
import type { Finding } from '../../support/finding.ts'
import type { Progress } from '../../support/progress.ts'
import type { EnsembleProof } from './ensemble-proof.ts'

export interface Work {
  readonly juteMaxbuffer: number
  readonly signal: AbortSignal
  readonly progress: Progress
}

export type Step = Omit<PlanStep, 'n'>

/** A remedy worked out for a directory. */
export interface Treated {
  readonly steps: readonly Step[]
  /** What goes with it; LOSES_NOTHING needs no consent. */
  readonly loses: Loss
  readonly findings: readonly Finding[]
  readonly refused: Refusal | null
  /** The zxid that a start has to reach then; null when that is not known before. */
  readonly reaches: bigint | null
  /** A start has nothing to drop then, and serves. */
  readonly heals: boolean
  /** Whether `make` writes files. */
  readonly writes: boolean
  /** Asks those once more who have what goes, just before it goes; why not, if they have not. */
  readonly stillSafe?: () => Promise<string | undefined>
  /** The changes; what is new is written into `folder`, which does not exist yet. */
  make(folder: string): Promise<readonly FileChange[]>
}

export function refusedTreatment(refused: Refusal, loses: Loss, findings: readonly Finding[] = []): Treated {
  const none = { steps: [], reaches: null, heals: false, writes: false } as const
  return { ...none, loses, findings, refused, make: () => Promise.resolve([]) }
}

export function moveAway(file: string, why: string): Step {
  return { action: 'move away', target: file, detail: why, reversible: true }
}

/** The first and the last of some zxids as a loss; how many there are is known within an epoch only. */
export function lossOf(first: bigint, last: bigint, more: Partial<Loss> = {}): Loss {
  const known = first >> 32n === last >> 32n ? Number(last - first) + 1 : 0
  return { txns: known, firstZxid: first, lastZxid: last, znodes: [], bytes: 0, ...more }
}

/** The question of `stillSafe`. */
export function onceMore(
  proof: EnsembleProof,
  member: Parameters<EnsembleProof>[0],
): () => Promise<string | undefined> {
  return async () => {
    const { safe, evidence } = await proof(member)
    return safe ? undefined : evidence
  }
}
