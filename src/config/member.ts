/* One member as its files tell it: settings with their places, flags of its JVM, and whom it takes for members. */

import type { Ensemble } from './ensemble.ts'
import type { PropertiesFile } from './java/properties.ts'
import { javaTrim } from './java/values.ts'
import type { JvmEnv } from './jvm-env.ts'
import { defaultOf, keySpec } from './keys/table.ts'
import type { Release } from './release.ts'

export interface Setting {
  readonly key: string
  readonly value: string
  readonly file: string
  readonly line: number
}

export type MyId =
  | { readonly state: 'missing' }
  | { readonly state: 'bad'; readonly text: string | null }
  | { readonly state: 'id'; readonly id: bigint }

export interface Member {
  /** The configuration file as it was named. */
  readonly file: string
  readonly properties: PropertiesFile
  /** What counts of the file: keys trimmed, the last of equal ones. */
  readonly settings: ReadonlyMap<string, Setting>
  /** `-D` flags by full property name. */
  readonly flags: ReadonlyMap<string, Setting>
  readonly jvm: JvmEnv | null
  readonly dynamic: { readonly file: string; readonly settings: readonly Setting[] } | null
  readonly ensemble: Ensemble
  readonly myid: MyId
  /** There is a `.dynamic.next` beside the file. */
  readonly proposed: boolean
  /** Whether files can be made beside it. */
  readonly writable: boolean
}

/** The entries of a file as settings, trimmed as a server trims them. */
export function settingsOf(file: string, properties: PropertiesFile): readonly Setting[] {
  return properties.entries.map(({ key, value, line }) => ({ key: javaTrim(key), value: javaTrim(value), file, line }))
}

/** What a member sets a key to, in its file or by a flag; the file wins where both work. */
export function settingOf(member: Member, key: string): Setting | undefined {
  const spec = keySpec(key)
  if (spec?.place === 'flag') return member.flags.get(key)
  return member.settings.get(key) ?? (spec?.place === 'passed' ? member.flags.get(`zookeeper.${key}`) : undefined)
}

/** The value that counts, defaults included; null where there is none. */
export function effectiveOf(member: Member, key: string, release: Release): string | null {
  const found = settingOf(member, key)
  if (found !== undefined) return found.value
  const spec = keySpec(key)
  return spec === undefined ? null : defaultOf(spec, release.line)
}

export function numberOf(member: Member, key: string, release: Release): number | null {
  const value = effectiveOf(member, key, release)
  return value !== null && /^[+-]?\d+$/.test(value) ? Number(value) : null
}

export function isOn(member: Member, key: string, release: Release): boolean {
  return effectiveOf(member, key, release)?.toLowerCase() === 'true'
}

export function isNetty(member: Member): boolean {
  return settingOf(member, 'serverCnxnFactory')?.value.endsWith('NettyServerCnxnFactory') === true
}

export function memberId(member: Member): bigint | null {
  return member.myid.state === 'id' ? member.myid.id : null
}

const SECRET = /(password|superDigest)$/i

/** A value as it may be shown: secrets are not. */
export function shownValue(key: string, value: string): string {
  return SECRET.test(key) ? '(hidden)' : value
}
