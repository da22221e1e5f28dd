import { DATA } from './payload.ts'
import { COUNT, DRAFT, HEX64, TIME } from './values.ts'

const NAMES = { type: 'array', items: { type: 'string' } } as const

/** One line of `znode watch --format jsonl`. */
export const schema = {
  $schema: DRAFT,
  title: 'znode watch',
  type: 'object',
  required: ['at', 'event', 'path', 'exists'],
  properties: {
    at: TIME,
    event: {
      enum: ['is', 'created', 'changed', 'deleted', 'child', 'not-watching'],
      description: 'is: the first look',
    },
    path: { type: 'string' },
    exists: { type: 'boolean' },
    zxid: { ...HEX64, description: 'of the last change of the value' },
    version: { type: 'integer' },
    ephemeralOwner: HEX64,
    children: COUNT,
    data: { ...DATA, description: 'absent where it may not be read' },
    added: NAMES,
    removed: NAMES,
  },
} as const
