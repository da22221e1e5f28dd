import { expect } from 'vitest'
import type { HealthResult } from '../../src/operations/health/check.ts'
import { type CliOptions, zkops } from './cli.ts'

export interface Verdict {
  readonly exitCode: number | null
  readonly status: string
  readonly codes: readonly string[]
  readonly members: readonly { readonly id: number | null; readonly state: string; readonly via: string | null }[]
  readonly result: HealthResult
}

/** `health check --json` with these arguments; findings of weight info are left out of `codes`. */
export async function health(args: readonly string[], options: CliOptions = {}): Promise<Verdict> {
  const { exitCode, stdout, stderr } = await zkops(['health', 'check', ...args, '--json'], options)
  expect(stdout, stderr).toMatch(/^\{/)
  const result = JSON.parse(stdout) as HealthResult
  expect(result, stdout).toHaveProperty('findings')
  const weighty = result.findings.filter(({ severity }) => severity !== 'info')
  return {
    exitCode,
    status: result.status,
    codes: weighty.map(({ code, member }) => `${code}${member ? ` ${member}` : ''}`),
    members: result.members.map(({ id, state, via }) => ({ id, state, via })),
    result,
  }
}

/** Asks again until the verdict is what is waited for: elections and timeouts take their time. */
export async function healthUntil(
  args: readonly string[],
  fits: (verdict: Verdict) => boolean,
  timeoutMs = 40_000,
): Promise<Verdict> {
  const until = performance.now() + timeoutMs
  for (;;) {
    const verdict = await health(args)
    if (fits(verdict) || performance.now() > until) return verdict
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}

/** `leading` and the like by id, as `1:following 2:leading`. */
export const statesOf = ({ members }: Verdict): string => members.map(({ id, state }) => `${id}:${state}`).join(' ')
