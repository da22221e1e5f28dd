import { type ErrorKind, errorKind, ZkopsError } from '../support/errors.ts'
import type { Finding } from '../support/finding.ts'

/** The exit codes of every command (design: one table). Nagios mode has its own: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. */
export const ExitCode = {
  Ok: 0,
  Findings: 1,
  Usage: 2,
  Input: 3,
  Unreachable: 4,
  Refused: 5,
  Stopped: 6,
  Bug: 70,
  Interrupted: 130,
} as const

/** Printed by `zkops help exit-codes`. */
export const EXIT_CODE_TABLE: readonly (readonly [code: number, meaning: string])[] = [
  [ExitCode.Ok, 'done, nothing wrong'],
  [ExitCode.Findings, 'findings, unhealthy or different'],
  [ExitCode.Usage, 'wrong usage'],
  [ExitCode.Input, 'input unreadable, or damaged beyond the request'],
  [ExitCode.Unreachable, 'server unreachable or timed out, or something it needs (Java, Maven) is not there'],
  [ExitCode.Refused, 'refused by a safety check, nothing was changed'],
  [ExitCode.Stopped, 'stopped half-way; the state is safe and resumable'],
  [ExitCode.Bug, 'a bug in zkops'],
  [ExitCode.Interrupted, 'interrupted'],
]

/** Of a look at a live ensemble: nobody there, something wrong, or nothing. */
export function exitCodeOfMembers(result: {
  readonly members: readonly { readonly state: string }[]
  readonly findings: readonly Pick<Finding, 'severity'>[]
}): number {
  if (result.members.every(({ state }) => state === 'down')) return ExitCode.Unreachable
  return result.findings.some(({ severity }) => severity !== 'info') ? ExitCode.Findings : ExitCode.Ok
}

const BY_KIND: Readonly<Record<ErrorKind, number>> = {
  usage: ExitCode.Usage,
  input: ExitCode.Input,
  server: ExitCode.Unreachable,
  environment: ExitCode.Unreachable,
  refused: ExitCode.Refused,
  stopped: ExitCode.Stopped,
  bug: ExitCode.Bug,
  interrupted: ExitCode.Interrupted,
}

/** The exit code that an error leads to; anything that is neither ours nor oclif's own usage error is a bug. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof ZkopsError) return BY_KIND[errorKind(error.code)]
  return ExitCode.Bug
}
