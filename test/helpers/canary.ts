/* Canaries run as a user would, and those that run on and on. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { withSession } from '../../src/cluster/client/session.ts'
import type { CanaryResult } from '../../src/operations/health/canary/run.ts'
import { BIN, type CliOptions, zkops } from './cli.ts'
import { expectValid } from './schema.ts'

export const STEPS = ['create', 'read', 'watch', 'delete']
/** What a busy machine takes is no matter here. */
export const PATIENT = [
  '--timeout',
  '20s',
  '--warn',
  ...STEPS.flatMap((step) => [`${step}=off`, `${step}-p50=off`, `${step}-p99=off`]),
]
const NEVER = ['--critical', ...STEPS.flatMap((step) => [`${step}-p50=off`, `${step}-p99=off`])]

export async function canary(connect: string, args: readonly string[] = [], options: CliOptions = {}) {
  const all = ['health', 'canary', '--connect', connect, ...PATIENT, ...NEVER, ...args, '--json']
  const { exitCode, stdout, stderr } = await zkops(all, options)
  expect(stdout, stderr).toMatch(/^\{/)
  const result = JSON.parse(stdout) as CanaryResult
  if (!('error' in result)) await expectValid('health-canary', result)
  return {
    exitCode,
    result,
    codes: (result.findings ?? []).map(({ code, member }) => `${code}${member ? ` ${member}` : ''}`),
  }
}

/** One that runs on and on, once it has znodes below `parent`. */
export async function longCanary(connect: string, parent = '/zkops-canary') {
  const args = ['health', 'canary', '--connect', connect, '--performance', '--rounds', '100000', '--parent', parent]
  const child = spawn(process.execPath, [BIN, ...args, ...PATIENT, ...NEVER], { stdio: 'ignore' })
  await withSession({ connect, timeoutMs: 30_000 }, async (session) => {
    for (const until = performance.now() + 30_000; performance.now() < until; await sleep(5)) {
      const names = await session.children(parent).then(
        ({ names: all }) => all,
        () => [],
      )
      if (names.length > 0) return
    }
    throw new Error('no canary came')
  })
  return child
}

export const end = async (child: ReturnType<typeof spawn>, signal: NodeJS.Signals) => {
  const closed = once(child, 'close')
  child.kill(signal)
  return (await closed)[0] as number | null
}

export async function until(is: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  while (!(await is())) {
    if (performance.now() > deadline) return false
    await sleep(500)
  }
  return true
}
