/* What `zkops explain` knows about the findings of health check and ensemble status. */
import type { FindingCatalogue } from '../../support/finding.ts'
import { RULES } from './rules/index.ts'

export const HEALTH_FINDINGS: FindingCatalogue = {
  ...Object.fromEntries(RULES.map(({ code, explanation }) => [code, explanation])),
  'health.state-ignored': {
    summary: 'What an earlier run left could not be used.',
    cause: 'The state file is damaged, of another version of zkops, or about another ensemble.',
    evidence: 'The file and why.',
    remedy: 'Give each target a state file of its own; this run has written a new one.',
    source: 'the version and the target in the file',
  },
  'health.state-unwritten': {
    summary: 'What this run saw could not be kept.',
    cause: 'The disk is full, or the folder may not be written.',
    evidence: 'The file and the error.',
    remedy: 'Free space or choose another --state. Until then changes between runs are not seen.',
    source: 'writing the state file',
  },
}
