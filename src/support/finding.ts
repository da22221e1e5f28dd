/**
 * A finding: something true about what was looked at that the user should know. Findings are values, and all of them
 * are collected; the same shape everywhere (verify, lint, doctor, compare, check), printed by --json as it is.
 */
export type Severity = 'error' | 'warning' | 'info'

export interface Finding {
  /** `<area>.<what>`, e.g. `log.torn-tail`; every code has an entry in a catalogue. */
  readonly code: string
  readonly severity: Severity
  /** The grade of a catalogue that has more of them (config lint: ERROR, HIGH, MEDIUM, LOW, INFO). */
  readonly level?: string
  /** One sentence. */
  readonly message: string
  readonly file?: string
  /** Byte position in `file` (after decompression). */
  readonly offset?: number
  readonly zxid?: bigint
  readonly path?: string
  readonly key?: string
  readonly member?: string
  /** What was seen; keys are camelCase, bigints print as 0x… */
  readonly evidence?: Readonly<Record<string, unknown>>
  /** What to do, one or two sentences. */
  readonly remedy?: string
}

/** What `zkops explain CODE` knows about a code. */
export interface FindingExplanation {
  readonly summary: string
  /** How it comes about. */
  readonly cause: string
  /** What zkops saw when it says so. */
  readonly evidence: string
  /** What to do, safest first. */
  readonly remedy: string
  /** Server class, JIRA number or documentation page that the rule follows. */
  readonly source: string
}

/** All codes of one area; every area exports one, operations/explain.ts joins them. */
export type FindingCatalogue = Readonly<Record<string, FindingExplanation>>
