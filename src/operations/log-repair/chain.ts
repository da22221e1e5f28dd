import type { Run } from './runs.ts'

/** zxids that are missing between two neighbours. */
export interface Hole {
  readonly after: bigint
  readonly before: bigint
  /** How many transactions; null across epochs, where nobody knows how far the older one went. */
  readonly txns: bigint | null
}

/** The hole between two neighbouring zxids, if it is one: plus one, and counter 1 of a later epoch, are none. */
export function holeBetween(after: bigint, before: bigint): Hole | undefined {
  if (before <= after + 1n) return undefined
  const sameEpoch = after >> 32n === before >> 32n
  if (!sameEpoch && (before & 0xffffffffn) === 1n) return undefined
  return { after, before, txns: sameEpoch ? before - after - 1n : null }
}

/** How many runs back a run may follow on: bounds the time that a heap of ruins takes. */
const FARTHEST = 2000

/**
 * The runs whose zxids rise from one to the next and that hold the most records together: what an older, longer file
 * left behind the end, or a value that holds a log itself, is not among them. In file order.
 */
export function risingChain(runs: readonly Run[]): readonly Run[] {
  if (runs.every((run, i) => i === 0 || runs[i - 1]!.lastZxid < run.firstZxid)) return runs
  const best: number[] = []
  const before: number[] = []
  let last = -1
  for (const [i, run] of runs.entries()) {
    let from = -1
    for (let j = Math.max(0, i - FARTHEST); j < i; j++) {
      if (runs[j]!.lastZxid < run.firstZxid && (from < 0 || best[j]! > best[from]!)) from = j
    }
    best.push(run.records + (from < 0 ? 0 : best[from]!))
    before.push(from)
    if (last < 0 || best[i]! > best[last]!) last = i
  }
  const chain: Run[] = []
  for (let i = last; i >= 0; i = before[i]!) chain.push(runs[i]!)
  return chain.reverse()
}
