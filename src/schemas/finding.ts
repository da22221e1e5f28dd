import { COUNT, DRAFT, HEX64 } from './values.ts'

/** One finding, the same everywhere; fields that do not apply are absent. */
export const schema = {
  $schema: DRAFT,
  title: 'finding',
  type: 'object',
  required: ['code', 'severity', 'message'],
  properties: {
    code: { type: 'string', pattern: '^[a-z0-9]+(\\.[a-z0-9-]+)+$' },
    severity: { enum: ['error', 'warning', 'info'] },
    message: { type: 'string' },
    file: { type: 'string' },
    offset: COUNT,
    zxid: HEX64,
    path: { type: 'string' },
    key: { type: 'string' },
    member: { type: 'string' },
    evidence: { type: 'object' },
    remedy: { type: 'string' },
    level: { type: 'string' },
  },
} as const

/** The same for use inside other schemas. */
export const FINDINGS = { type: 'array', items: { ...schema, $schema: undefined, title: undefined } } as const
