/* A process known by pid and start time: a pid alone may belong to somebody else by now. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface ProcessIdentity {
  readonly pid: number
  /** Clock ticks since boot (/proc), or the text of `ps -o lstart`. */
  readonly startedAt: string
}

/** Who runs under `pid` now; undefined when nobody does. */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  const startedAt = procStat(pid)?.startedAt ?? psStart(pid)
  return startedAt === undefined ? undefined : { pid, startedAt }
}

/** Whether that very process runs (a zombie does not, unless other threads of it are still leaving). */
export function isRunning(identity: ProcessIdentity): boolean {
  const stat = procStat(identity.pid)
  if (stat !== undefined) return stat.startedAt === identity.startedAt && !hasEnded(stat)
  return psStart(identity.pid) === identity.startedAt
}

/** The first thread of a killed JVM may be gone while the last one has not closed its files and sockets yet. */
export function hasEnded({ state, threads }: ProcessState): boolean {
  return state === 'X' || (state === 'Z' && threads <= 1)
}

export interface ProcessState {
  readonly state: string
  readonly threads: number
  readonly startedAt: string
}

export function procStat(pid: number): ProcessState | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // the second field is the program's name in brackets and may hold anything
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0]!, threads: Number(fields[17]), startedAt: fields[19]! }
  } catch {
    return undefined
  }
}

function psStart(pid: number): string | undefined {
  if (process.platform === 'linux') return undefined
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
  } catch {
    return undefined
  }
}
