import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { BIN, type CliResult } from './cli.ts'

/** A running `zkops log tail -f`. */
export interface Following {
  /** What it has printed so far. */
  stdout(): string
  stderr(): string
  /** The zxids of its JSON lines. */
  zxids(): string[]
  /** Waits until `what` holds; throws after `timeoutMs`. */
  until(what: () => boolean, timeoutMs?: number): Promise<void>
  /** SIGINT. */
  interrupt(): Promise<CliResult>
}

export function follow(args: readonly string[]): Following {
  const child = spawn(process.execPath, [BIN, 'log', 'tail', '-f', ...args], {
    env: { ...process.env, NODE_ENV: undefined } as NodeJS.ProcessEnv,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  const stdout = () => Buffer.concat(out).toString()
  const stderr = () => Buffer.concat(err).toString()
  const closed = new Promise<CliResult>((resolve) =>
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, stdout: stdout(), stderr: stderr() })),
  )
  return {
    stdout,
    stderr,
    zxids: () => zxidsOf(stdout()),
    async until(what, timeoutMs = 20_000) {
      for (const end = Date.now() + timeoutMs; !what(); ) {
        if (Date.now() > end) {
          child.kill('SIGKILL')
          throw new Error(`it did not come about; stdout ${stdout().slice(-2000)} stderr ${stderr()}`)
        }
        await sleep(50)
      }
    },
    async interrupt() {
      child.kill('SIGINT')
      return closed
    },
  }
}

export function zxidsOf(jsonLines: string): string[] {
  return jsonLines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { zxid: string }).zxid)
}
