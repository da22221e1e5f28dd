/*
 * A program of the user's that decodes payloads: `sh -c COMMAND`, the payload on its standard input, what it is about in
 * the environment, the answer on its standard output.
 *
 * It runs in a process group of its own, which is killed when it takes too long, prints too much, or zkops is
 * interrupted, and when it has left something running behind.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { parseJson } from '../formats/payload/json.ts'
import { textOf } from '../formats/txnlog/filter.ts'
import { interrupted, systemErrorCode, ZkopsError } from '../support/errors.ts'

export type ProgramDecoded =
  | { readonly kind: 'program'; readonly value: unknown }
  | { readonly kind: 'program'; readonly error: string }

export interface DecoderProgram {
  readonly command: string
  /** For one payload. */
  readonly timeoutMs?: number | undefined
  readonly signal: AbortSignal
}

const TIMEOUT_MS = 10_000
const MAX_OUTPUT_BYTES = 1 << 20
const MAX_STDERR_BYTES = 4096
const MAX_ERROR_LENGTH = 200
/** What a shell exits with when it cannot start a program, or does not find it. */
const NOT_RUN: readonly (number | null)[] = [126, 127]

/** Failures of the program are answers. Throws `environment.program` when it cannot be run, `interrupted`. */
export async function runDecoder(
  payload: Uint8Array,
  { command, timeoutMs = TIMEOUT_MS, signal }: DecoderProgram,
  about: Readonly<Record<string, string>>,
): Promise<ProgramDecoded> {
  if (signal.aborted) throw interrupted()
  const child = start(command, about)
  if (child === null) return { kind: 'program', error: 'the path is too long for an environment variable' }
  let stopped: string | undefined
  const stop = (why: string) => {
    stopped ??= why
    endGroup(child)
    // a process that has left the group may hold the pipes
    for (const stream of child.stdio) stream?.destroy()
  }
  const onAbort = () => stop('interrupted')
  const timer = setTimeout(() => stop(`no end within ${timeoutMs / 1000} s`), timeoutMs)
  signal.addEventListener('abort', onAbort, { once: true })
  const stdout = collect(child.stdout, MAX_OUTPUT_BYTES, () => stop(`more than ${MAX_OUTPUT_BYTES} bytes of output`))
  const stderr = collect(child.stderr, MAX_STDERR_BYTES, () => {})
  // a program need not read its input
  child.stdin.on('error', () => {})
  // a copy: the next batch is read into the same memory
  child.stdin.end(Buffer.from(payload))
  try {
    const { code, killedBy } = await ended(child)
    if (signal.aborted) throw interrupted()
    if (stopped !== undefined) return { kind: 'program', error: stopped }
    if (code === 0) return { kind: 'program', value: answer(stdout()) }
    const reason = firstLine(stderr())
    if (NOT_RUN.includes(code)) throw notRun(reason)
    const how = code === null ? `killed by ${killedBy}` : `exit ${code}`
    return { kind: 'program', error: reason === '' ? how : `${how}: ${reason}` }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
    endGroup(child)
  }
}

/** Null when the environment is too large. */
function start(command: string, about: Readonly<Record<string, string>>): ChildProcessWithoutNullStreams | null {
  // no variable can hold a NUL
  const named = Object.entries(about).map(([name, value]) => [name, value.replaceAll('\0', '\ufffd')])
  try {
    return spawn('sh', ['-c', command], { detached: true, env: { ...process.env, ...Object.fromEntries(named) } })
  } catch (error) {
    if (systemErrorCode(error) === 'E2BIG') return null
    throw notRun((error as Error).message, error)
  }
}

function ended(child: ChildProcessWithoutNullStreams): Promise<{ code: number | null; killedBy: string | null }> {
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(notRun(error.message, error)))
    child.on('close', (code, killedBy) => resolve({ code, killedBy }))
  })
}

function endGroup({ pid }: ChildProcessWithoutNullStreams): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // nobody is left
  }
}

/** Keeps the first `limit` bytes; `onMore` when there are more. */
function collect(stream: NodeJS.ReadableStream, limit: number, onMore: () => void): () => Uint8Array {
  const pieces: Buffer[] = []
  let left = limit
  stream.on('data', (piece: Buffer) => {
    if (piece.length > left) onMore()
    if (left > 0) pieces.push(piece.subarray(0, left))
    left -= Math.min(left, piece.length)
  })
  return () => Buffer.concat(pieces)
}

function answer(output: Uint8Array): unknown {
  const text = textOf(output)
  const json = parseJson(text)
  return json === null ? text.replace(/\r?\n$/, '') : json.value
}

function firstLine(output: Uint8Array): string {
  return (textOf(output).trim().split('\n', 1)[0] ?? '').slice(0, MAX_ERROR_LENGTH)
}

function notRun(reason: string, cause?: unknown): ZkopsError {
  return new ZkopsError('environment.program', `The decoding program cannot be run: ${reason}`, {
    hint: 'Give --decode-with a command line that sh can run.',
    cause,
  })
}
