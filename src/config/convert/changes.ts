import type { Renamed } from '../rewrite.ts'

/** One thing that becomes another. */
export interface ConfigChange {
  readonly key: string
  /** Null: it was not there. */
  readonly before: string | null
  /** Null: it is no longer there. Elsewhere: `java.env: -D…`, `zoo.cfg.dynamic: …`. */
  readonly after: string | null
  readonly why: string
  /** A setting without effect until now that has one from now on. */
  readonly takesEffect: boolean
}

/** What is to be written, as it is collected. */
export interface Draft {
  /** By key of zoo.cfg. */
  readonly zooCfg: Map<string, string | Renamed | null>
  /** Flags for java.env, up to their value. */
  readonly flags: Map<string, string>
  readonly changes: ConfigChange[]
  /** Keys that belong into java.env, with signs that mean something to a shell. */
  readonly byHand: string[]
}

export function note(
  draft: Draft,
  change: Omit<ConfigChange, 'takesEffect'> & { readonly takesEffect?: boolean },
): void {
  draft.changes.push({ takesEffect: false, ...change })
}
