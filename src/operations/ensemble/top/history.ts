/* The last looks in numbers, for curves; never more of them than a wide screen shows. */
import type { TopLook, TopMember } from './watch.ts'

export interface TopHistory {
  readonly requests: readonly number[]
  readonly writes: readonly number[]
  readonly latency: readonly number[]
  /** Requests of each member that was in the last look. */
  readonly members: ReadonlyMap<string, readonly number[]>
}

const MOST = 240

export const NO_HISTORY: TopHistory = { requests: [], writes: [], latency: [], members: new Map() }

export function remembered(history: TopHistory, look: TopLook): TopHistory {
  return {
    requests: longer(history.requests, look.requestsPerS),
    writes: longer(history.writes, look.writesPerS),
    latency: longer(history.latency, look.latencyMs),
    members: new Map(
      look.members.map((member) => [
        topKey(member),
        longer(history.members.get(topKey(member)) ?? [], member.requestsPerS),
      ]),
    ),
  }
}

export const topKey = ({ id, host, clientPort }: TopMember): string => (id === null ? `${host}:${clientPort}` : `${id}`)

/** Nothing known counts as nothing happened. */
function longer(values: readonly number[], value: number | null): readonly number[] {
  return [...values, value ?? 0].slice(-MOST)
}
