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

/** Whether that very process runs (a zombie does not). */
export function isRunning(identity: ProcessIdentity): boolean {
  const stat = procStat(identity.pid)
  if (stat !== undefined) return stat.startedAt === identity.startedAt && stat.state !== 'Z' && stat.state !== 'X'
  return psStart(identity.pid) === identity.startedAt
}

export function procStat(pid: number): { state: string; startedAt: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // the second field is the program's name in brackets and may hold anything
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0]!, startedAt: fields[19]! }
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
