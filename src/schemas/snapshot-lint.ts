import { FINDINGS } from './finding.ts'
import { COUNT, DRAFT, HEX64_OR_NULL } from './values.ts'

/** `snapshot lint --json`. */
export const schema = {
  $schema: DRAFT,
  title: 'snapshot lint',
  type: 'object',
  required: ['file', 'logs', 'zxid', 'nodes', 'quotas', 'findings', 'omitted'],
  properties: {
    file: { type: 'string' },
    logs: { type: 'array', items: { type: 'string' }, description: 'replayed behind the snapshot' },
    zxid: HEX64_OR_NULL,
    nodes: COUNT,
    quotas: { ...COUNT, description: 'quotas that were held against what is below them' },
    findings: { ...FINDINGS, description: 'errors first; at most a hundred of each code' },
    omitted: {
      type: 'array',
      items: {
        type: 'object',
        required: ['code', 'count'],
        properties: { code: { type: 'string' }, count: COUNT },
      },
    },
  },
} as const
