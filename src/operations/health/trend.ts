/* What a state keeps for forecasts: the sizes of members, once an hour. */
import { counterOf, epochOf, type ObservedMember } from '../../cluster/observe/model.ts'
import { memberKey, type Overview } from '../ensemble/overview.ts'
import type { HealthState, TrendPoint } from './state.ts'

/** By the names of metrics. */
export const TREND_NUMBERS = ['approximate_data_size', 'znode_count', 'ephemerals_count', 'watch_count'] as const

const EVERY_MS = 3_600_000
const MOST_POINTS = 168

export function trendPoint({ at, members }: Overview): TrendPoint {
  return { at: at.toISOString(), members: Object.fromEntries(members.flatMap(numbersOf)) }
}

function numbersOf(member: ObservedMember): readonly (readonly [string, Readonly<Record<string, number>>])[] {
  const { answer } = member
  if (answer === null) return []
  const numbers = TREND_NUMBERS.flatMap((name) => {
    const value = answer.metrics.get(name)
    return value === undefined ? [] : [[name, value] as const]
  })
  const { zxid } = answer
  const position = zxid === null ? {} : { counter: Number(counterOf(zxid)), epoch: Number(epochOf(zxid)) }
  return [[memberKey(member), { ...Object.fromEntries(numbers), ...position }]]
}

/** With this moment, when an hour is over since the last one; a clock that went back begins anew. */
export function nextTrend(overview: Overview, before: HealthState | null): readonly TrendPoint[] {
  const now = overview.at.getTime()
  const points = (before?.trend ?? []).filter(({ at }) => Date.parse(at) <= now)
  const last = points.at(-1)
  if (last !== undefined && now - Date.parse(last.at) < EVERY_MS) return points
  return [...points, trendPoint(overview)].slice(-MOST_POINTS)
}
