/*
 * Server processes, known by pid and start time: a pid alone may belong to somebody else by now.
 *
 * A server is started through a small shell that writes down its own pid and start time and then becomes the JVM, so
 * there is no moment at which a server runs that nobody knows of, even if zkops is killed right after starting it.
 */
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { isRunning, type ProcessIdentity, procStat } from '../support/process-identity.ts'

export { isRunning, type ProcessIdentity, processIdentity } from '../support/process-identity.ts'

/** Whether it is stopped by SIGSTOP. */
export function isPaused({ pid }: ProcessIdentity): boolean {
  return procStat(pid)?.state === 'T'
}

/** Signals that very process; false when it is gone. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isRunning(identity)) return false
  try {
    process.kill(identity.pid, signal)
    return true
  } catch {
    return false
  }
}

/** Waits until it is gone; false when it is still there after `timeoutMs`. */
export async function waitForExit(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  while (isRunning(identity)) {
    if (performance.now() > deadline) return false
    await sleep(20)
  }
  return true
}

// the server rewrites its zoo.cfg, which holds the superuser's digest
const WRAPPER = `
set -e
umask 077
if [ -r /proc/$$/stat ]; then start=$(cut -d' ' -f22 /proc/$$/stat); else start=$(ps -o lstart= -p $$); fi
printf '%s\\n%s\\n' "$$" "$start" > "$1.tmp"
mv "$1.tmp" "$1"
[ -e "$1" ] && [ ! -e "$1.stop" ]
shift
exec "$@"
`

/**
 * Keeps a shell that has not become a server yet from becoming one. Whoever wants all servers gone makes this mark
 * first and reads the pid files then: a shell writes its pid first and looks for the mark then, so one sees the other.
 */
export async function forbidStart(pidFile: string): Promise<void> {
  await writeFile(`${pidFile}.stop`, '').catch(() => {})
}

/** Starts `command` in a session of its own, output appended to `logFile`; its identity is written to `pidFile`. */
export function spawnServer(options: {
  readonly command: readonly string[]
  readonly cwd: string
  readonly pidFile: string
  readonly logFile: string
}): void {
  const log = openSync(options.logFile, 'a', 0o600)
  const child = spawn('sh', ['-c', WRAPPER, 'sh', options.pidFile, ...options.command], {
    cwd: options.cwd,
    detached: true,
    stdio: ['ignore', log, log],
  })
  // a failure to start shows as a server that does not answer, with the reason in its log
  child.on('error', () => {})
  child.unref()
  closeSync(log)
}

/** What a pid file says; undefined when there is none (yet). */
export function readIdentity(pidFile: string): ProcessIdentity | undefined {
  try {
    const [pid, startedAt] = readFileSync(pidFile, 'utf8').split('\n')
    return pid && startedAt ? { pid: Number(pid), startedAt: startedAt.trim() } : undefined
  } catch {
    return undefined
  }
}
