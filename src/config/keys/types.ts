import type { ReleaseLine } from '../release.ts'

export type KeyType =
  | 'int'
  | 'long'
  | 'decimal'
  | 'boolean'
  | 'yes-no'
  | 'port'
  | 'path'
  | 'host'
  | 'class'
  | 'list'
  | 'text'
  | 'password'

/**
 * Where a key works. `own`: the parser consumes it, in zoo.cfg only. `passed`: zoo.cfg hands it on as the system property
 * `zookeeper.<key>`, and `-D` sets the same. `flag`: only `-D` works, zoo.cfg has no effect. `member`: server, group
 * and weight lines, in zoo.cfg or the dynamic file.
 */
export type KeyPlace = 'own' | 'passed' | 'flag' | 'member'

export interface KeySpec {
  readonly name: string
  readonly place: KeyPlace
  readonly type: KeyType
  readonly unit: string | null
  /** Null: none, or it follows from others (`what` says how). */
  readonly default: string | null
  /** The lines where the default is another one. */
  readonly defaults: Readonly<Partial<Record<ReleaseLine, string>>>
  /** Sensible values; the server checks none of these. */
  readonly min: number | null
  readonly max: number | null
  /** The first release of each branch that has it. */
  readonly since: string
  /** The last line that has it, when later ones do not. */
  readonly until: ReleaseLine | null
  /** Names that documentation gives and no server reads. */
  readonly aliases: readonly string[]
  readonly what: string
  readonly source: string
}

/** name, type and unit (`int ms`), default, since, what it does. */
export type KeyRow = readonly [
  name: string,
  type: string,
  defaultValue: string | null,
  since: string,
  what: string,
  more?: Partial<Pick<KeySpec, 'place' | 'until' | 'defaults' | 'min' | 'max' | 'aliases' | 'source'>>,
]

export function keySpecs(place: KeyPlace, source: string, rows: readonly KeyRow[]): readonly KeySpec[] {
  return rows.map(([name, kind, defaultValue, since, what, more]) => {
    const [type, unit] = kind.split(' ') as [KeyType, string?]
    return {
      ...{ name, place, type, unit: unit ?? null, default: defaultValue, defaults: {}, min: null, max: null },
      ...{ since, until: null, aliases: [], what, source },
      ...more,
    }
  })
}
