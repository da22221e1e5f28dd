import { COUNT, DRAFT } from './values.ts'

/** What the demo ran and what it left out. */
export const schema = {
  $schema: DRAFT,
  title: 'demo',
  type: 'object',
  required: ['steps', 'skipped'],
  properties: {
    steps: {
      type: 'array',
      items: {
        type: 'object',
        required: ['title', 'command', 'exitCode', 'elapsedMs'],
        properties: {
          title: { type: 'string' },
          command: { type: 'string' },
          exitCode: { type: 'integer' },
          elapsedMs: COUNT,
        },
      },
    },
    skipped: {
      type: 'array',
      items: {
        type: 'object',
        required: ['what', 'why'],
        properties: { what: { type: 'string' }, why: { type: 'string' } },
      },
    },
  },
} as const
