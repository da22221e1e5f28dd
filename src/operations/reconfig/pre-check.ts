/* A check before a change, and what it came to. */
import type { Finding } from '../../support/finding.ts'
import { RECONFIG_FINDINGS } from './findings.ts'

export interface PreCheck {
  /** `PRE1`, `joiner 4`. */
  readonly check: string
  readonly about: string
  readonly result: 'passed' | 'warned' | 'refused' | 'not checked'
  readonly detail: string
  /** Of a refusal, and of the finding that a warning makes. */
  readonly code: string | null
}

export const passed = (check: string, about: string, detail: string): PreCheck => ({
  ...{ check, about, result: 'passed', detail, code: null },
})

export const notChecked = (check: string, about: string, detail: string): PreCheck => ({
  ...{ check, about, result: 'not checked', detail, code: null },
})

export const refused = (check: string, about: string, detail: string, code: string): PreCheck => ({
  ...{ check, about, result: 'refused', detail, code },
})

export const warned = (check: string, about: string, detail: string, code: string): PreCheck => ({
  ...{ check, about, result: 'warned', detail, code },
})

/** What a warning says to those who read findings. */
export function warningOf({ check, detail, code, result }: PreCheck): readonly Finding[] {
  if (result !== 'warned' || code === null) return []
  const { remedy } = RECONFIG_FINDINGS[code]!
  return [{ code, severity: 'warning', message: `${check}: ${detail}`, remedy }]
}
