import { DRAFT } from './values.ts'

export const schema = {
  $schema: DRAFT,
  title: 'help',
  type: 'object',
  required: ['topic', 'text'],
  properties: { topic: { type: 'string' }, text: { type: 'string' } },
} as const
