/*
 * All sessions and their ephemerals, as one member tells them: the AdminServer's `dump`, the word `dump`.
 *
 *   SessionTracker dump:
 *   Session Sets (2)/(3):                          the leader, and a server that runs alone; 3.4 has no /(3)
 *   1 expire at Thu Nov 26 02:20:00 UTC 2026:      3.4 gives times of its own clock, from 1970 on
 *   <tab>0x100004bec300000
 *   Global Sessions(3):                            followers and observers, 3.5 on
 *   0x100004bec300000<tab>10000ms
 *   ephemeral nodes dump:
 *   Sessions with Ephemerals (1):
 *   0x100004bec300000:
 *   <tab>/app/members/a
 *   Connections dump:                              3.5 on
 *
 * A server writes all of it out at once: heavy on a big one. Ephemerals are the same on all members, so one is asked.
 */
import { type AskOptions, askMemberFor, type Untold } from './ask.ts'
import { id64From, linesOf } from './fields.ts'
import type { ObservedMember } from './model.ts'

export interface DumpedSession {
  /** When it ends unless something is heard of it; only from the leader, by the word, where its zone is UTC. */
  readonly expiresAt: Date | null
  /** Only from followers and observers. */
  readonly timeoutMs: number | null
}

export interface Dump {
  readonly sessions: ReadonlyMap<bigint, DumpedSession>
  readonly ephemerals: ReadonlyMap<bigint, readonly string[]>
}

export interface DumpTold {
  readonly via: 'admin' | '4lw' | null
  readonly dump: Dump | null
  readonly untold: readonly Untold[]
}

export async function readDump(member: ObservedMember, options: AskOptions): Promise<DumpTold> {
  const { answer, untold } = await askMemberFor({ command: 'dump', word: 'dump', wordFirst: true }, member, options)
  if (answer === null) return { via: null, dump: null, untold }
  const dump = answer.via === 'admin' ? dumpOfBody(answer.body) : dumpOfText(answer.ports[0]!.text)
  if (dump !== null) return { via: answer.via, dump, untold }
  return { via: null, dump: null, untold: [{ why: 'its answer to dump is not whole', setting: null }] }
}

/** A few million short lines are no dump of a server that anybody can work with. */
const MOST_LINES = 2_000_000

/** Null for what is no dump, or not the whole of it. */
export function dumpOfText(text: string): Dump | null {
  const sessions = new Map<bigint, DumpedSession>()
  const ephemerals = new Map<bigint, string[]>()
  let part: 'none' | 'sessions' | 'ephemerals' = 'none'
  let announced = -1
  let expiresAt: Date | null = null
  let paths: string[] | undefined
  let left = MOST_LINES
  for (const line of linesOf(text)) {
    if (left-- === 0) return null
    if (line === 'SessionTracker dump:') part = 'sessions'
    else if (line === 'ephemeral nodes dump:') part = 'ephemerals'
    else if (line === 'Connections dump:') break
    else if (part === 'sessions') {
      const bucket = /^\d+ expire at (.{1,100}):$/.exec(line)
      const one = /^\t?(0x[0-9a-f]{1,16})(?:\t(\d{1,10})ms)?$/.exec(line)
      if (bucket !== null) expiresAt = dateFrom(bucket[1]!)
      else if (one !== null) {
        const timeoutMs = one[2] === undefined ? null : Number(one[2])
        sessions.set(BigInt(one[1]!), { expiresAt: timeoutMs === null ? expiresAt : null, timeoutMs })
      }
    } else if (part === 'ephemerals') {
      const head = /^Sessions with Ephemerals \((\d{1,10})\):$/.exec(line)
      const owner = /^(0x[0-9a-f]{1,16}):$/.exec(line)
      if (head !== null) announced = Number(head[1])
      else if (owner !== null) ephemerals.set(BigInt(owner[1]!), (paths = []))
      else if (line.startsWith('\t/')) paths?.push(line.slice(1))
    }
  }
  return announced === ephemerals.size ? { sessions, ephemerals } : null
}

export function dumpOfBody(body: Readonly<Record<string, unknown>>): Dump | null {
  const { expiry_time_to_session_ids: expiry, session_id_to_ephemeral_paths: owned } = body
  if (typeof expiry !== 'object' || typeof owned !== 'object' || owned === null) return null
  const nothing = { expiresAt: null, timeoutMs: null }
  const ids = Object.values(expiry ?? {}).flatMap((list) => (Array.isArray(list) ? list : []))
  const sessions = ids.flatMap((value) => {
    const id = id64From(value)
    return id === null ? [] : [[id, nothing] as const]
  })
  const ephemerals = Object.entries(owned).flatMap(([key, list]: [string, unknown]) => {
    const id = id64From(key)
    const paths = Array.isArray(list) ? list.filter((path) => typeof path === 'string') : []
    return id === null ? [] : [[id, paths] as const]
  })
  return { sessions: new Map(sessions), ephemerals: new Map(ephemerals) }
}

const FAR_MS = 30 * 86_400_000

/** `Thu Nov 26 02:20:00 UTC 2026`; null in other zones, whose names say too little, and for times far from now. */
function dateFrom(text: string): Date | null {
  const match = /^\w{3} (\w{3} \d{1,2}) (\d\d:\d\d:\d\d) (?:UTC|GMT) (\d{4})$/.exec(text)
  if (match === null) return null
  const ms = Date.parse(`${match[1]} ${match[3]} ${match[2]} GMT`)
  return Math.abs(ms - Date.now()) < FAR_MS ? new Date(ms) : null
}
