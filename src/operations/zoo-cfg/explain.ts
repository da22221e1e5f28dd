/* config explain: what a key means, or which values hold for a file and why. */
import { existsSync } from 'node:fs'
import { type EffectiveValue, effectiveValues } from '../../config/effective.ts'
import { aliasOf, defaultOf, isReadBy, KEYS, keySpec, propertyOf } from '../../config/keys/table.ts'
import type { KeySpec } from '../../config/keys/types.ts'
import { RELEASE_LINES, releaseOf } from '../../config/release.ts'
import { didYouMean } from '../../support/did-you-mean.ts'
import { ZkopsError } from '../../support/errors.ts'
import { releaseFor } from './lint.ts'
import { readMember } from './read-member.ts'

export type { EffectiveValue }

export interface ExplainedKey {
  readonly key: string
  readonly what: string
  readonly type: string
  readonly unit: string | null
  readonly min: number | null
  readonly max: number | null
  /** By release line; a line that does not know the key is absent. */
  readonly defaults: Readonly<Record<string, string | null>>
  /** The first release of each branch that has it. */
  readonly since: readonly string[]
  /** The last line that has it, when later ones do not. */
  readonly until: string | null
  /** Where it can be set. */
  readonly place: KeySpec['place']
  /** The system property that it is, or sets. */
  readonly property: string | null
  /** Names in documentation that no server reads. */
  readonly aliases: readonly string[]
  readonly source: string
}

export type ExplainResult =
  | { readonly keys: readonly ExplainedKey[] }
  | { readonly file: string; readonly zookeeper: string; readonly values: readonly EffectiveValue[] }

export interface ExplainOptions {
  /** A key or a file; undefined: every key. */
  readonly subject?: string | undefined
  readonly zookeeper?: string | undefined
}

/** Throws `usage.unknown-key`, `input.*` for a file that cannot be read. */
export function explainConfig({ subject, zookeeper }: ExplainOptions): ExplainResult {
  const release = releaseFor(zookeeper)
  if (subject === undefined) return { keys: KEYS.map(explained) }
  const spec = keySpec(subject) ?? keySpec(subject.replace(/^zookeeper\./, '')) ?? aliasOf(subject)
  if (spec !== undefined && !subject.includes('/')) return { keys: [explained(spec)] }
  if (subject.includes('/') || existsSync(subject) || subject.endsWith('.cfg')) {
    const { member } = readMember(subject)
    return { file: member.file, zookeeper: release.name, values: effectiveValues(member, release) }
  }
  const near = didYouMean(
    subject,
    KEYS.map(({ name }) => name),
  )
  throw new ZkopsError('usage.unknown-key', `${subject} is no key that a server reads, and no file`, {
    hint: near === undefined ? 'zkops config explain lists all keys.' : `Did you mean ${near}?`,
  })
}

function explained(spec: KeySpec): ExplainedKey {
  const { name: key, what, type, unit, min, max, place, aliases, source } = spec
  const lines = RELEASE_LINES.filter((line) => isReadBy(spec, releaseOf(line)!))
  const defaults = Object.fromEntries(lines.map((line) => [line, defaultOf(spec, line)]))
  return {
    key,
    what,
    type,
    unit,
    min,
    max,
    defaults,
    since: spec.since.split(' '),
    until: spec.until,
    place,
    property: propertyOf(spec),
    aliases,
    source,
  }
}
