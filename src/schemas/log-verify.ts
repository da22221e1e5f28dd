import { FINDINGS } from './finding.ts'
import { COUNT, DRAFT, HEX64, HEX64_OR_NULL } from './values.ts'

/** `log verify --json`. */
export const schema = {
  $schema: DRAFT,
  title: 'log verify',
  type: 'object',
  required: ['verdict', 'files', 'gaps', 'findings'],
  properties: {
    verdict: { enum: ['clean', 'torn', 'damaged'] },
    files: {
      type: 'array',
      items: {
        type: 'object',
        required: ['file', 'bytes', 'usedBytes', 'records', 'firstZxid', 'lastZxid', 'dbId', 'tail'],
        properties: {
          file: { type: 'string' },
          bytes: COUNT,
          usedBytes: COUNT,
          records: COUNT,
          firstZxid: HEX64_OR_NULL,
          lastZxid: HEX64_OR_NULL,
          dbId: HEX64_OR_NULL,
          tail: { enum: ['end-of-file', 'padding', 'torn', 'damaged'] },
        },
      },
    },
    gaps: {
      type: 'array',
      items: {
        type: 'object',
        required: ['after', 'before', 'expectedNormal'],
        properties: { after: HEX64, before: HEX64, expectedNormal: { type: 'boolean' } },
      },
    },
    gapsOmitted: COUNT,
    findings: FINDINGS,
  },
} as const
