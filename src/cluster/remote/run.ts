/*
 * Runs a command on a member or for one:
 *
 * 1. It gets no terminal and no input but what is given here; secrets go that way, never as arguments.
 * 2. Of what it prints only the end is kept.
 * 3. It is over when the process is, even if something that it started keeps its output open; after the time, or an
 *    interruption, all of its process group is ended.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { systemErrorCode, ZkopsError } from '../../support/errors.ts'
import type { MemberCommand } from './command.ts'

export interface RunOptions {
  readonly timeoutMs: number
  readonly signal: AbortSignal
  readonly input?: string | Uint8Array
  /** How much of the end of its output is kept. */
  readonly keepBytes?: number
}

export interface CommandResult {
  /** Null: it was ended by a signal. */
  readonly exitCode: number | null
  readonly stdout: Buffer
  /** What it printed on both, mixed. */
  readonly output: string
}

const KEEP_BYTES = 64 << 10
/** What is still on its way when the process has ended. */
const DRAIN_MS = 100
const KILL_AFTER_MS = 3000

/** Throws `environment.command` when it cannot be started, `server.timeout`, `interrupted`. */
export async function runCommand({ program, args, text }: MemberCommand, options: RunOptions): Promise<CommandResult> {
  const { timeoutMs, signal, input, keepBytes = KEEP_BYTES } = options
  signal.throwIfAborted()
  const { execa } = await import('execa')
  const child = execa(program, args, {
    ...{ reject: false, buffer: false, cleanup: false, detached: true },
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
  })
  const [out, all] = [tail(keepBytes), tail(keepBytes)]
  child.stdout!.on('data', out.add)
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', all.add)
  const { pid } = child
  const whole = child.then(({ code, cause }) => {
    if (pid === undefined) throw notStarted(text, code, cause)
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  let why: unknown
  const end = (reason: unknown) => {
    why ??= reason
    endGroup(pid, 'SIGTERM')
    setTimeout(() => endGroup(pid, 'SIGKILL'), KILL_AFTER_MS).unref()
  }
  const late = new ZkopsError('server.timeout', `${text} did not end within ${timeoutMs / 1000} s`)
  const timer = setTimeout(() => end(late), timeoutMs)
  const abort = () => end(signal.reason)
  signal.addEventListener('abort', abort)
  try {
    const exitCode = await Promise.race([ended, whole.then(() => ended)])
    await Promise.race([whole, sleep(DRAIN_MS)])
    if (why !== undefined) throw why
    return { exitCode, stdout: out.bytes(), output: all.bytes().toString() }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
    child.stdout?.destroy()
    child.stderr?.destroy()
  }
}

function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if (systemErrorCode(error) !== 'ESRCH') throw error
  }
}

function notStarted(text: string, code: string | undefined, cause: unknown): ZkopsError {
  const why = code ?? systemErrorCode(cause) ?? 'unknown'
  return new ZkopsError('environment.command', `${text} could not be started (${why})`, {
    cause,
    hint: 'Is the program installed here, and the command of the inventory right?',
  })
}

/** The last bytes of a stream. */
function tail(most: number) {
  let kept: Buffer[] = []
  let size = 0
  return {
    add(piece: Buffer): void {
      kept.push(piece)
      size += piece.length
      if (size > 2 * most) {
        kept = [Buffer.concat(kept).subarray(-most)]
        size = most
      }
    },
    bytes: () => Buffer.concat(kept).subarray(-most),
  }
}
