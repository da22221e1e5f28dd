/*
 * Every key that a server of 3.4 to 3.9 reads. Defaults and first releases were read in the sources of all releases;
 * test/config/keys.test.ts holds them against the servers' jars.
 */
import { isSince, type Release, type ReleaseLine } from '../release.ts'
import { CLIENT_KEYS } from './clients.ts'
import { ENSEMBLE_KEYS } from './ensemble.ts'
import { OBSERVABILITY_KEYS } from './observability.ts'
import { SECURITY_KEYS } from './security.ts'
import { STORAGE_KEYS } from './storage.ts'
import { TIME_KEYS } from './time.ts'
import type { KeySpec } from './types.ts'

export const KEYS: readonly KeySpec[] = [
  ...STORAGE_KEYS,
  ...TIME_KEYS,
  ...CLIENT_KEYS,
  ...ENSEMBLE_KEYS,
  ...OBSERVABILITY_KEYS,
  ...SECURITY_KEYS,
]

const BY_NAME = new Map(KEYS.map((spec) => [spec.name, spec]))
const BY_ALIAS = new Map(KEYS.flatMap((spec) => spec.aliases.map((alias) => [alias, spec] as const)))

/** Keys with a part that users choose: `authProvider.1`, `superUser.ops`. */
const OPEN = /^(authProvider|superUser|X509AuthenticationProvider|ssl|metricsProvider)\../
const MEMBER_KEY = /^(server|group|weight)\.[+-]?\d+$/

export function keySpec(name: string): KeySpec | undefined {
  return BY_NAME.get(MEMBER_KEY.test(name) ? name.replace(/\..*/, '.N') : name)
}

/** The key that a name in the documentation stands for. */
export function aliasOf(name: string): KeySpec | undefined {
  return BY_ALIAS.get(name)
}

/** Whether some server could read a key of this name. */
export function isKnownKey(name: string): boolean {
  return keySpec(name) !== undefined || OPEN.test(name)
}

/** Whether servers of a release read the key. */
export function isReadBy({ since, until }: KeySpec, release: Release): boolean {
  return isSince(release, since) && (until === null || release.minor <= Number(until.split('.')[1]))
}

/** The default of a key in a release line. */
export function defaultOf(spec: KeySpec, line: ReleaseLine): string | null {
  return spec.defaults[line] ?? spec.default
}

/** The system property that a key is, or sets; null for what only the parser reads. */
export function propertyOf(spec: KeySpec): string | null {
  if (spec.place === 'passed') return `zookeeper.${spec.name}`
  return spec.place === 'flag' ? spec.name : null
}
