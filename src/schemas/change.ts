import { FINDINGS } from './finding.ts'
import { COUNT, DRAFT, HEX64_OR_NULL } from './values.ts'

const TEXT = { type: 'string' } as const
const TEXT_OR_NULL = { anyOf: [TEXT, { type: 'null' }] } as const

/** Every command that changes something: `--dry-run --json` prints plan, refused and findings, `--execute --json` all. */
export const schema = {
  $schema: DRAFT,
  title: 'change',
  type: 'object',
  required: ['plan', 'refused', 'findings'],
  properties: {
    plan: {
      type: 'object',
      required: ['id', 'kind', 'base', 'steps', 'loses', 'undo'],
      properties: {
        id: { type: 'string', pattern: '^sha256:[0-9a-f]{64}$' },
        kind: TEXT,
        base: { type: 'object' },
        steps: {
          type: 'array',
          items: {
            type: 'object',
            required: ['n', 'action', 'target', 'detail', 'reversible'],
            properties: {
              n: { type: 'integer', minimum: 1 },
              action: TEXT,
              target: TEXT,
              detail: TEXT,
              reversible: { type: 'boolean' },
            },
          },
        },
        loses: {
          type: 'object',
          required: ['txns', 'firstZxid', 'lastZxid', 'znodes', 'bytes'],
          properties: {
            txns: COUNT,
            firstZxid: HEX64_OR_NULL,
            lastZxid: HEX64_OR_NULL,
            znodes: { type: 'array', items: TEXT },
            bytes: COUNT,
          },
        },
        undo: TEXT,
      },
    },
    refused: {
      anyOf: [
        { type: 'null' },
        {
          type: 'object',
          required: ['code', 'why', 'counterexample'],
          properties: { code: TEXT, why: TEXT, counterexample: { type: ['object', 'null'] } },
        },
      ],
    },
    findings: FINDINGS,
    outcome: { enum: ['done', 'nothing', 'refused', 'stopped'] },
    stepsDone: COUNT,
    verified: {
      type: 'array',
      items: {
        type: 'object',
        required: ['check', 'ok', 'detail'],
        properties: { check: TEXT, ok: { type: ['boolean', 'null'] }, detail: TEXT },
      },
    },
    journal: TEXT_OR_NULL,
    undo: TEXT_OR_NULL,
    stopped: {
      type: 'object',
      required: ['code', 'why', 'hint'],
      description: 'with the outcome stopped: why it went no further',
      properties: { code: TEXT, why: TEXT, hint: TEXT },
    },
  },
  dependentRequired: { outcome: ['stepsDone', 'verified', 'journal', 'undo'] },
} as const
