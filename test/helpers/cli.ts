import { spawn } from 'node:child_process'
import { packageRoot } from '../../src/support/package-root.ts'

export const ROOT = packageRoot()
export const BIN = `${ROOT}/bin/run.js`

export interface CliResult {
  readonly exitCode: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface CliOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly input?: string | Uint8Array
  /** Arguments for node itself, before the bin. */
  readonly nodeArgs?: readonly string[]
}

/** Runs the built zkops as a user would; never throws for an exit code. */
export function zkops(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return run(process.execPath, [...(options.nodeArgs ?? []), BIN, ...args], options)
}

/** Runs any program and collects what it prints. */
export function run(command: string, args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, NODE_ENV: undefined, ...options.env } as NodeJS.ProcessEnv,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const out: Buffer[] = []
    const err: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
    child.on('error', reject)
    child.on('close', (exitCode, signal) =>
      resolve({ exitCode, signal, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    )
    // a program that does not read its input closes the pipe
    child.stdin.on('error', () => {})
    child.stdin.end(options.input ?? '')
  })
}
