import { FINDINGS } from './finding.ts'
import { DRAFT, HEX64 } from './values.ts'

const EPOCH_OR_NULL = { type: ['integer', 'null'] } as const

/** A member's epochs. */
export const EPOCH_ROW = {
  type: 'object',
  required: [
    'directory',
    'currentEpoch',
    'acceptedEpoch',
    'lastZxid',
    'lastZxidEpoch',
    'leftovers',
    'verdict',
    'message',
  ],
  properties: {
    directory: { type: 'string' },
    currentEpoch: { ...EPOCH_OR_NULL, description: 'null when it is missing or no number' },
    acceptedEpoch: EPOCH_OR_NULL,
    lastZxid: { ...HEX64, description: 'what a start reaches' },
    lastZxidEpoch: { type: 'integer' },
    leftovers: { type: 'array', items: { type: 'string' } },
    verdict: { enum: ['consistent', 'refuses', 'suspicious'], description: 'of a member of the newest line' },
    message: { type: ['string', 'null'], description: 'what the log of a server says when it refuses' },
  },
} as const

/** `epoch show --json`, `epoch check --json`. */
export const schema = {
  $schema: DRAFT,
  title: 'epoch show',
  type: 'object',
  required: ['directories', 'findings'],
  properties: {
    directories: { type: 'array', items: EPOCH_ROW },
    findings: FINDINGS,
  },
} as const
