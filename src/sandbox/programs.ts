import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { ZkopsError } from '../support/errors.ts'

/** A program on the PATH, or undefined. */
export function findProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Java: JAVA_HOME's, else the one on the PATH. Throws `environment.java`. */
export function findJava(): string {
  const home = process.env.JAVA_HOME
  const java = home !== undefined && isExecutable(join(home, 'bin/java')) ? join(home, 'bin/java') : findProgram('java')
  if (java !== undefined) return java
  throw new ZkopsError('environment.java', 'Java was not found on the PATH, and JAVA_HOME names none', {
    hint: 'Install a Java runtime (8 or newer), on Debian: apt-get install default-jre-headless.',
  })
}

/** Maven on the PATH. Throws `environment.maven`. */
export function findMaven(): string {
  const maven = findProgram('mvn')
  if (maven !== undefined) return maven
  throw new ZkopsError('environment.maven', 'Maven (mvn) was not found on the PATH', {
    hint: 'Install it (on Debian: apt-get install maven), or name an unpacked ZooKeeper with --zookeeper-home or ZOOKEEPER_HOME.',
  })
}

/** Runs a program to its end; its output comes back whole. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly signal?: AbortSignal | undefined; readonly input?: string } = {},
): Promise<{ readonly exitCode: number; readonly output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: options.cwd, stdio: ['pipe', 'pipe', 'pipe'] })
    const chunks: Buffer[] = []
    const kill = () => child.kill('SIGTERM')
    options.signal?.addEventListener('abort', kill)
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', reject)
    child.on('close', (code) => {
      options.signal?.removeEventListener('abort', kill)
      resolve({ exitCode: code ?? 1, output: Buffer.concat(chunks).toString() })
    })
    child.stdin.on('error', () => {})
    child.stdin.end(options.input ?? '')
  })
}
