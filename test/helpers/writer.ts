import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { ROOT, zkops } from './cli.ts'
import { FULL } from './fixtures.ts'

/** A client that writes all the time, and what of it was acknowledged. */
export interface Writer {
  readonly acknowledged: readonly string[]
  /** The longest time without an acknowledgement; a client that lost its server takes a second to start again. */
  readonly longestGapMs: number
  stop(): Promise<void>
}

const FOLDER = '/written'
const PROGRAM = join(ROOT, 'test/helpers/write-child.ts')

export async function startWriter(connect: string): Promise<Writer> {
  const addresses = connect.split(',')
  const acknowledged: string[] = []
  let [last, longestGapMs, stopped] = [performance.now(), 0, false]
  let child: ChildProcess
  const gap = () => {
    longestGapMs = Math.max(longestGapMs, performance.now() - last)
    last = performance.now()
  }
  const run = async () => {
    for (let at = 0; !stopped; at++) {
      const args = [join(ROOT, 'scripts/run-ts.mjs'), PROGRAM, addresses[at % addresses.length]!, FOLDER, `w${at}`]
      child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
      createInterface({ input: child.stdout! }).on('line', (name) => {
        gap()
        acknowledged.push(name)
      })
      await new Promise((resolve) => child.once('close', resolve))
    }
  }
  const running = run()
  while (acknowledged.length === 0) await sleep(20)
  longestGapMs = 0
  return {
    acknowledged,
    get longestGapMs() {
      return longestGapMs
    },
    async stop() {
      if (stopped) return
      gap()
      stopped = true
      child.kill()
      await running
    },
  }
}

/** What of it is not there. */
export async function lostWrites(connect: string, { acknowledged }: Writer): Promise<readonly string[]> {
  expect(acknowledged.length).toBeGreaterThan(100)
  const { exitCode, stdout, stderr } = await zkops(['znode', 'ls', FOLDER, '--sync', '--connect', connect])
  expect(exitCode, stderr).toBe(0)
  const there = new Set(stdout.split('\n'))
  return acknowledged.filter((name) => !there.has(name))
}

/** Unavailability is measured, and told in a full run. */
export function report(title: string, { acknowledged, longestGapMs }: Writer): void {
  expect(longestGapMs).toBeLessThan(45_000)
  if (!FULL) return
  console.info(
    `${title}: ${acknowledged.length} writes acknowledged, ${Math.round(longestGapMs)} ms without one at most`,
  )
}
