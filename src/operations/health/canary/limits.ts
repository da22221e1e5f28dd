/*
 * The milliseconds at which a canary is slow: `create`, `read`, `watch` and `delete` of a single round, `create-p99` and
 * the like with --performance. The inventory's thresholds have `canary-` in front.
 */
import type { Threshold } from '../../../config/inventory/inventory.ts'
import { CANARY_THRESHOLDS, type LimitFlags, readLimits } from '../limits.ts'
import type { Limits } from '../rule.ts'
import { STEPS } from './round.ts'

export const PERCENTILES = ['p50', 'p95', 'p99'] as const

export type Percentile = (typeof PERCENTILES)[number]

const ONCE: Limits = { warn: 500, critical: null }

const OF_MANY: Readonly<Record<Percentile, Limits>> = {
  p50: { warn: 50, critical: 200 },
  p95: { warn: null, critical: null },
  p99: { warn: 100, critical: 1000 },
}

export const CANARY_LIMITS: ReadonlyMap<string, Limits> = new Map<string, Limits>([
  ...STEPS.map((step) => [step, ONCE] as const),
  ...STEPS.flatMap((step) => PERCENTILES.map((percentile) => [`${step}-${percentile}`, OF_MANY[percentile]] as const)),
])

/** Throws `usage` as readLimits does. */
export function canaryLimits(
  inventory: Readonly<Record<string, Threshold>>,
  flags: LimitFlags,
): ReadonlyMap<string, Limits> {
  const own = Object.entries(inventory).flatMap(([key, threshold]) =>
    key.startsWith(CANARY_THRESHOLDS) ? [[key.slice(CANARY_THRESHOLDS.length), threshold] as const] : [],
  )
  return readLimits(CANARY_LIMITS, own, flags)
}
