import { CHANGE_STATUS } from './change-status.ts'
import { FINDINGS } from './finding.ts'
import { COUNT, DRAFT, HEX64_OR_NULL } from './values.ts'

const TEXT = { type: 'string' } as const
const INT = { type: 'integer' } as const
const INT_OR_NULL = { type: ['integer', 'null'] } as const

/** `reconfig show --json`. */
export const show = {
  $schema: DRAFT,
  title: 'reconfig show',
  type: 'object',
  required: ['ensemble', 'answered', 'version', 'leader', 'quorumSystem', 'servers', 'byMember', 'pending', 'findings'],
  properties: {
    ensemble: TEXT,
    answered: { ...COUNT, description: 'how many members did' },
    version: { ...HEX64_OR_NULL, description: 'of the newest configuration; null when none is kept' },
    leader: INT_OR_NULL,
    quorumSystem: { enum: ['majority', 'hierarchical'] },
    servers: {
      type: 'array',
      items: {
        type: 'object',
        required: [
          ...['id', 'role', 'host', 'quorumPort', 'electionPort', 'clientAddress', 'clientPort', 'weight', 'group'],
          ...['state', 'synced'],
        ],
        properties: {
          id: INT,
          role: { enum: ['participant', 'observer'] },
          host: TEXT,
          quorumPort: INT,
          electionPort: INT_OR_NULL,
          clientAddress: { type: ['string', 'null'] },
          clientPort: INT_OR_NULL,
          weight: { ...INT_OR_NULL, description: 'null where majorities decide' },
          group: INT_OR_NULL,
          state: {
            enum: [
              ...['leading', 'following', 'observing', 'standalone', 'read-only', 'looking', 'serving', 'unknown'],
              'down',
            ],
          },
          synced: { type: 'boolean' },
        },
      },
    },
    byMember: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'version', 'agrees'],
        properties: { id: INT, version: HEX64_OR_NULL, agrees: { type: 'boolean' } },
      },
    },
    pending: { ...HEX64_OR_NULL, description: 'a proposal that is not known to be committed' },
    findings: FINDINGS,
  },
} as const

/** `reconfig status --json`. */
export const status = {
  $schema: DRAFT,
  title: 'reconfig status',
  type: 'object',
  required: ['ensemble', 'changes', 'findings'],
  properties: { ensemble: TEXT, changes: { type: 'array', items: CHANGE_STATUS }, findings: FINDINGS },
} as const

/** `reconfig abort --json`. */
export const aborted = {
  $schema: DRAFT,
  title: 'reconfig abort',
  type: 'object',
  required: ['ensemble', 'change', 'undo'],
  properties: {
    ensemble: TEXT,
    change: { anyOf: [CHANGE_STATUS, { type: 'null' }] },
    undo: { type: ['string', 'null'], description: 'what takes back the steps that were begun' },
  },
} as const

/** `reconfig add --json` and all others that plan: a change, and what was checked before. */
export const checked = <T extends { readonly properties: object; readonly required: readonly string[] }>(
  change: T,
) => ({
  ...change,
  title: 'reconfig change',
  required: [...change.required, 'prechecks'],
  properties: {
    ...change.properties,
    prechecks: {
      type: 'array',
      items: {
        type: 'object',
        required: ['check', 'about', 'result', 'detail', 'code'],
        properties: {
          check: TEXT,
          about: TEXT,
          result: { enum: ['passed', 'warned', 'refused', 'not checked'] },
          detail: TEXT,
          code: { type: ['string', 'null'], description: 'of the refusal, or of the finding' },
        },
      },
    },
  },
})
