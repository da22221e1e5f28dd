import { FINDINGS } from './finding.ts'
import { NODE_FIELDS } from './snapshot-dump.ts'
import { COUNT, DRAFT, HEX64_OR_NULL } from './values.ts'

const FIELDS = ['data', 'acl', 'owner', 'version', 'stat'] as const
const { decoded: _, ...STATE_FIELDS } = NODE_FIELDS
const STATE = { type: 'object', required: ['acl', 'type', 'stat'], properties: STATE_FIELDS } as const
const NONE = { type: 'null' } as const

const line = (change: string, before: object, after: object) => ({
  type: 'object',
  required: ['change', 'path', 'fields', 'before', 'after'],
  properties: {
    change: { const: change },
    path: { type: 'string' },
    fields: { type: 'array', items: { enum: FIELDS }, description: 'what differs, of a changed node' },
    before,
    after,
  },
})

/** `snapshot diff --json`, and one line of `--format jsonl`. */
export const schema = {
  $schema: DRAFT,
  title: 'snapshot diff',
  anyOf: [
    {
      type: 'object',
      required: ['added', 'removed', 'changed', 'fields', 'sides', 'findings'],
      properties: {
        added: COUNT,
        removed: COUNT,
        changed: COUNT,
        fields: {
          description:
            'changed nodes by what differs: value, access list, ephemeralOwner, version or aversion, anything else in the stat',
          type: 'object',
          required: FIELDS,
          properties: Object.fromEntries(FIELDS.map((field) => [field, COUNT])),
        },
        sides: {
          type: 'array',
          minItems: 2,
          maxItems: 2,
          items: {
            type: 'object',
            required: ['where', 'file', 'logs', 'zxid', 'nodes'],
            properties: {
              where: { type: 'string', description: 'as given' },
              file: { type: 'string', description: 'the snapshot' },
              logs: { type: 'array', items: { type: 'string' }, description: 'replayed behind it' },
              zxid: HEX64_OR_NULL,
              nodes: COUNT,
            },
          },
        },
        findings: FINDINGS,
      },
    },
    line('added', NONE, STATE),
    line('removed', STATE, NONE),
    line('changed', STATE, STATE),
  ],
} as const
