import { FINDINGS } from './finding.ts'
import { PROOF } from './snapshot-show.ts'
import { COUNT, DRAFT, HEX64, HEX64_OR_NULL } from './values.ts'

/** `snapshot verify --json`. */
export const schema = {
  $schema: DRAFT,
  title: 'snapshot verify',
  type: 'object',
  required: [
    'verdict',
    'file',
    'compression',
    'format',
    'dbId',
    'nodes',
    'sessions',
    'acls',
    'nameZxid',
    'digest',
    'lastZxid',
    'fuzzy',
    'serverAccepts',
    'findings',
  ],
  properties: {
    verdict: { enum: ['valid', 'damaged'] },
    file: { type: 'string' },
    compression: { enum: ['none', 'gzip', 'snappy'] },
    format: { enum: ['3.4', '3.6', '3.9'], description: 'by the blocks behind the nodes that could be read' },
    dbId: HEX64_OR_NULL,
    nodes: { ...COUNT, description: 'node records; one less than srvr shows' },
    sessions: COUNT,
    acls: COUNT,
    nameZxid: HEX64_OR_NULL,
    digest: {
      anyOf: [
        { type: 'null' },
        {
          type: 'object',
          required: ['stored', 'computed', 'version', 'zxid', 'match'],
          properties: {
            stored: HEX64,
            computed: { ...HEX64_OR_NULL, description: 'null with --no-digest' },
            version: { type: 'integer' },
            zxid: HEX64,
            match: { type: ['boolean', 'null'] },
          },
        },
      ],
    },
    lastZxid: HEX64_OR_NULL,
    fuzzy: {
      description: 'the transactions that may be in it in part',
      anyOf: [
        { type: 'null' },
        {
          type: 'object',
          required: ['fromZxid', 'toZxid'],
          properties: { fromZxid: HEX64, toZxid: HEX64 },
        },
      ],
    },
    serverAccepts: { type: 'boolean' },
    proof: { ...PROOF, description: 'of the logs behind it; only with --at or --log-dir' },
    findings: FINDINGS,
  },
} as const
