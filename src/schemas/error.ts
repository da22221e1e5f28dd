import { COUNT, DRAFT } from './values.ts'

/** What stands on stdout instead of the result when a command with --json fails; the exit code says which kind. */
export const schema = {
  $schema: DRAFT,
  title: 'error',
  type: 'object',
  required: ['error'],
  additionalProperties: false,
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'string' },
        message: { type: 'string' },
        hint: { type: 'string' },
        file: { type: 'string' },
        offset: COUNT,
      },
    },
  },
} as const
