import { DRAFT } from './values.ts'

/** `schema`: the names; `schema NAME` prints the schema itself. */
export const schema = {
  $schema: DRAFT,
  title: 'schema',
  anyOf: [
    { type: 'object', required: ['schemas'], properties: { schemas: { type: 'array', items: { type: 'string' } } } },
    { type: 'object', required: ['$schema'] },
  ],
} as const
