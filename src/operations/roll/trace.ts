/*
 * Whether a member's process is another one than before:
 *
 * 1. A server of this machine is known by its pid and start time.
 * 2. Counters that live as long as the process (3.6 on) have become smaller: it began anew.
 * 3. It has been in its role for longer than the time in between: it did not.
 * 4. It did not run before, or nobody listened on its port in between: it did.
 */
import { serverListening } from '../../datadir/server-process.ts'
import { ownNames } from '../../support/own-names.ts'
import type { RollMember } from './view.ts'

/** Kept in the journal. */
export interface Trace {
  readonly at: string
  readonly up: boolean
  /** `pid started`; null: it cannot be seen from here. */
  readonly process: string | null
  readonly counters: Readonly<Record<string, number>>
}

/** Of the process, whatever its role: ServerMetrics is made once. */
const COUNTERS = ['looking_count', 'connection_request_count', 'cnt_fsynctime', 'cnt_snapshottime']

export async function traceOf({ place, answer }: RollMember): Promise<Trace> {
  const port = place.clientPort ?? place.securePort
  const here = port !== null && ownNames().has(place.host)
  const found = here ? await serverListening(port) : undefined
  return {
    at: new Date().toISOString(),
    up: answer !== null,
    process: found === undefined ? null : `${found.pid} ${found.startedAt}`,
    counters: Object.fromEntries(
      COUNTERS.flatMap((name) => {
        const value = answer?.metrics.get(name)
        return value === undefined ? [] : [[name, value] as const]
      }),
    ),
  }
}

/** Undefined: it cannot be told. `wasAway`: nobody listened on its port in between. */
export function isAnew(before: Trace, now: Trace, member: RollMember, wasAway: boolean): boolean | undefined {
  if (before.process !== null && now.process !== null) return before.process !== now.process
  if (wasAway || !before.up) return true
  if (COUNTERS.some((name) => (now.counters[name] ?? Number.POSITIVE_INFINITY) < (before.counters[name] ?? 0)))
    return true
  const inRoleMs = member.answer?.metrics.get('uptime')
  const between = Date.parse(now.at) - Date.parse(before.at)
  return inRoleMs !== undefined && inRoleMs > between + CLOCKS_MS ? false : undefined
}

/** How far two clocks may run apart in between. */
const CLOCKS_MS = 1000
