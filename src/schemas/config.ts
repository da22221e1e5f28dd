import { FINDINGS } from './finding.ts'
import { DRAFT } from './values.ts'

const TEXT = { type: 'string' } as const
const TEXT_OR_NULL = { type: ['string', 'null'] } as const

/** `config lint --json`. */
export const lint = {
  $schema: DRAFT,
  title: 'config lint',
  type: 'object',
  required: ['zookeeper', 'accepted', 'serverError', 'files', 'verdicts', 'findings'],
  properties: {
    zookeeper: TEXT,
    accepted: { type: 'boolean' },
    serverError: TEXT_OR_NULL,
    files: { type: 'array', items: TEXT },
    verdicts: {
      type: 'array',
      items: {
        type: 'object',
        required: ['file', 'zookeeper', 'accepted', 'serverError'],
        properties: { file: TEXT, zookeeper: TEXT, accepted: { type: 'boolean' }, serverError: TEXT_OR_NULL },
      },
    },
    findings: FINDINGS,
  },
} as const
