import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** One finished process. */
export interface Run {
  readonly wallMs: number
  /** Of all its threads, in the program and the kernel: hardly changed by what else the machine does. */
  readonly cpuMs: number
  readonly peakMiB: number
}

export type Command = readonly [program: string, ...args: string[]]

/** Node 20 reads this bundle at every start, which drowns start-up figures. */
export const ENV = { ...process.env, NODE_EXTRA_CA_CERTS: undefined, NODE_ENV: undefined } as NodeJS.ProcessEnv

/** Runs a whole process, output thrown away. Wall and CPU time and peak memory (GNU time). Throws when it exits otherwise than expected. */
export function runOnce(command: Command, expectedExit: readonly number[]): Run {
  const report = join(tmpdir(), `zkops-bench-${process.pid}`)
  const startedAt = performance.now()
  const { status, stderr } = spawnSync('/usr/bin/time', ['-f', '%M %U %S', '-o', report, ...command], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: ENV,
  })
  const wallMs = performance.now() - startedAt
  if (status === null || !expectedExit.includes(status)) {
    throw new Error(`${command.join(' ')} exited with ${status}: ${stderr}`)
  }
  const last = readFileSync(report, 'utf8').trim().split('\n').at(-1)!
  const [peakKiB, user, system] = last.split(' ').map(Number)
  rmSync(report)
  return { wallMs, cpuMs: (user! + system!) * 1000, peakMiB: peakKiB! / 1024 }
}

/**
 * Runs the commands in turn (A B C A B C …), one warm-up round first, so that a drift of the machine's speed meets all
 * alike; the runs of each command come back in order, so ratios can be taken pair by pair. `after` tidies up behind each.
 */
export function runInTurn(
  commands: readonly Command[],
  rounds: number,
  { exits = [0], after = () => {} }: { readonly exits?: readonly number[]; readonly after?: () => void } = {},
): Run[][] {
  const runs: Run[][] = commands.map(() => [])
  for (let round = -1; round < rounds; round++) {
    for (const [i, command] of commands.entries()) {
      const result = runOnce(command, exits)
      after()
      if (round >= 0) runs[i]!.push(result)
    }
  }
  return runs
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Median of the ratios of paired runs. */
export function ratio(a: readonly Run[], b: readonly Run[], of: 'wallMs' | 'cpuMs' = 'wallMs'): number {
  return median(a.map((run, i) => run[of] / b[i]![of]))
}
