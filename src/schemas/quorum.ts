import { COUNT, DRAFT } from './values.ts'

const TEXT = { type: 'string' } as const
const TEXT_OR_NULL = { type: ['string', 'null'] } as const
const ID = { type: 'integer' } as const
const IDS = { type: 'array', items: ID } as const

const METHOD = {
  type: 'object',
  required: ['safe', 'counterexample'],
  properties: { safe: { type: 'boolean' }, counterexample: TEXT_OR_NULL },
} as const

/** `quorum simulate --json`. */
export const schema = {
  $schema: DRAFT,
  title: 'quorum simulate',
  type: 'object',
  required: ['safe', 'counterexample', 'example', 'failures', 'names', 'steps', 'method', 'methods', 'instead'],
  properties: {
    safe: { type: 'boolean' },
    counterexample: { ...TEXT_OR_NULL, description: 'how it goes wrong, in words' },
    example: {
      anyOf: [
        { type: 'null' },
        {
          type: 'object',
          required: ['kind', 'step', 'phase', 'lost', 'away', 'quorums'],
          properties: {
            kind: { enum: ['two-leaders', 'lost-writes', 'stopped', 'undecided'] },
            step: { ...COUNT, description: '0: before the first' },
            phase: { enum: ['before', 'deciding', 'reconnecting', 'changing', 'restarting', 'returning', 'after'] },
            lost: { ...IDS, description: 'whom it takes to lose' },
            away: { ...IDS, description: 'whom the step itself takes down' },
            quorums: { type: 'array', items: IDS },
          },
        },
      ],
    },
    failures: { ...COUNT, description: 'how many losses at once have to be survived' },
    names: { type: 'object', additionalProperties: TEXT, description: 'how members are called, by id' },
    steps: {
      type: 'array',
      items: {
        type: 'object',
        required: ['n', 'action', 'servers', 'needed', 'survives'],
        properties: {
          n: COUNT,
          action: { enum: ['now', 'reconfig', 'files', 'restart', 'stop', 'start'] },
          servers: {
            type: 'array',
            items: {
              type: 'object',
              required: ['id', 'role', 'runs'],
              properties: { id: ID, role: { enum: ['participant', 'observer', null] }, runs: { type: 'boolean' } },
            },
          },
          needed: TEXT,
          survives: { type: 'integer', minimum: -1, description: '-1: it does not serve' },
        },
      },
    },
    method: { enum: ['files', 'reconfig', null], description: 'how memberships of a list are reached' },
    methods: {
      anyOf: [
        { type: 'null' },
        { type: 'object', required: ['files', 'reconfig'], properties: { files: METHOD, reconfig: METHOD } },
      ],
    },
    instead: { anyOf: [{ type: 'null' }, { type: 'array', items: TEXT }], description: 'a way that is safe by files' },
  },
} as const
