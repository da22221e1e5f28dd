/* What config generate makes beside the members' files when it is asked to. */
import type { NewMember } from '../../../config/profiles/members.ts'
import type { GeneratedValue, Places, ValueInputs } from '../../../config/profiles/values.ts'
import { ZkopsError } from '../../../support/errors.ts'
import type { NewFile } from '../files.ts'

export const EXTRAS = ['compose', 'kubernetes', 'prometheus', 'nagios', 'cron', 'timer'] as const

export type Extra = (typeof EXTRAS)[number]

export interface MadeMember {
  readonly member: NewMember
  readonly places: Places
  readonly values: readonly GeneratedValue[]
}

export interface ExtraInputs extends ValueInputs {
  /** The ensemble's, where something is called after it. */
  readonly name: string
  readonly places: Places
  readonly made: readonly MadeMember[]
}

export type MakeExtra = (inputs: ExtraInputs) => readonly NewFile[]

/** Of a member's values. */
export function valueFor({ values }: Pick<MadeMember, 'values'>, key: string): string | undefined {
  return values.find((one) => one.key === key)?.value
}

/** Where Prometheus reads a member's metrics. */
export function metricsPort(made: MadeMember): number {
  return Number(valueFor(made, 'metricsProvider.httpPort'))
}

/** Where clients reach a member. */
export function clientAddress({ line }: NewMember): string {
  const { host, port } = line.client!
  return hostAndPort(isEveryAddress(host) ? line.addresses[0]!.host : host, port)
}

/** All of them, as clients write it. */
export function connectString(inputs: ExtraInputs): string {
  return inputs.members.map(clientAddress).join(',')
}

export function isEveryAddress(host: string): boolean {
  return ['0.0.0.0', '::', '0:0:0:0:0:0:0:0'].includes(host)
}

export function hostAndPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Throws `usage`. */
export function notPossible(extra: Extra, why: string, hint: string): never {
  throw new ZkopsError('usage', `--with ${extra}: ${why}`, { hint })
}
