import { DRAFT } from './values.ts'

const EXPLANATION = {
  type: 'object',
  required: ['code', 'summary', 'cause', 'evidence', 'remedy', 'source'],
  properties: {
    code: { type: 'string' },
    summary: { type: 'string' },
    cause: { type: 'string' },
    evidence: { type: 'string' },
    remedy: { type: 'string' },
    source: { type: 'string' },
  },
} as const

/** `explain CODE`: one explanation; `explain`: all of them. */
export const schema = {
  $schema: DRAFT,
  title: 'explain',
  anyOf: [
    EXPLANATION,
    { type: 'object', required: ['codes'], properties: { codes: { type: 'array', items: EXPLANATION } } },
  ],
} as const
