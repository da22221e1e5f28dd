import { FINDINGS } from './finding.ts'
import { COUNT, DRAFT, HEX64_OR_NULL } from './values.ts'

const COUNT_OR_NULL = { anyOf: [COUNT, { type: 'null' }] } as const
const TEXT_OR_NULL = { type: ['string', 'null'] } as const

/** `data doctor --json`. */
export const schema = {
  $schema: DRAFT,
  title: 'data doctor',
  type: 'object',
  required: ['prediction', 'loss', 'findings', 'remedies', 'chain'],
  properties: {
    prediction: {
      type: 'object',
      required: [
        'server',
        'role',
        'outcome',
        'reason',
        'message',
        'snapshot',
        'logs',
        'lastZxid',
        'nodes',
        'digest',
        'digestMatches',
      ],
      properties: {
        server: { type: 'string', description: 'the release or line that is to start' },
        role: { enum: ['standalone', 'quorum'] },
        outcome: { enum: ['serves', 'refuses'] },
        reason: { ...TEXT_OR_NULL, description: 'code of the finding that keeps it from starting' },
        message: { type: 'string', description: "what the server's log will say" },
        snapshot: { ...TEXT_OR_NULL, description: 'name of the snapshot that is loaded' },
        logs: { type: 'array', items: { type: 'string' }, description: 'names of the logs that are opened' },
        lastZxid: HEX64_OR_NULL,
        nodes: { ...COUNT_OR_NULL, description: 'as srvr counts; null for a member' },
        digest: HEX64_OR_NULL,
        digestMatches: { type: ['boolean', 'null'], description: 'null when no digest was compared' },
      },
    },
    loss: {
      type: 'array',
      description: 'what the first start drops; empty when nothing is lost, and when it refuses',
      items: {
        type: 'object',
        required: ['file', 'offset', 'bytes', 'records', 'firstZxid', 'lastZxid', 'silent', 'why'],
        properties: {
          file: { type: 'string' },
          offset: COUNT_OR_NULL,
          bytes: COUNT_OR_NULL,
          records: COUNT_OR_NULL,
          firstZxid: HEX64_OR_NULL,
          lastZxid: HEX64_OR_NULL,
          silent: { type: 'boolean' },
          why: { type: 'string' },
          peer: { ...TEXT_OR_NULL, description: 'with --peer: the directory that has all of it' },
        },
      },
    },
    findings: FINDINGS,
    remedies: {
      type: 'array',
      items: {
        type: 'object',
        required: ['rank', 'code', 'command', 'loses', 'why'],
        properties: {
          rank: { type: 'integer', minimum: 1 },
          code: { ...TEXT_OR_NULL, description: "what data repair --remedy calls it; null for another program's work" },
          command: { type: 'string' },
          loses: { type: 'string' },
          why: { type: 'string' },
        },
      },
    },
    chain: {
      type: 'array',
      description: 'what is looked at, in the order of the start',
      items: {
        type: 'object',
        required: ['file', 'kind', 'firstZxid', 'lastZxid', 'records', 'state'],
        properties: {
          file: { type: 'string' },
          kind: { enum: ['snapshot', 'log'] },
          firstZxid: HEX64_OR_NULL,
          lastZxid: HEX64_OR_NULL,
          records: COUNT,
          state: { enum: ['used', 'passed', 'ends-early'] },
        },
      },
    },
  },
} as const
