import { FINDINGS } from './finding.ts'
import { COUNT, DRAFT, HEX64, HEX64_OR_NULL, TIME_OR_NULL } from './values.ts'

/** How far digests prove a tree. */
export const PROOF = {
  description: 'null where the files carry no digests',
  anyOf: [
    { type: 'null' },
    {
      type: 'object',
      required: ['fromZxid', 'toZxid', 'txns', 'checked', 'undigested', 'snapshotDigest', 'firstMismatch'],
      properties: {
        fromZxid: { ...HEX64_OR_NULL, description: 'the first transaction that was replayed; null for none' },
        toZxid: HEX64,
        txns: COUNT,
        checked: { ...COUNT, description: 'digests of transactions that were compared' },
        undigested: { ...COUNT, description: 'transactions that change something and carry no digest' },
        snapshotDigest: { enum: ['right', 'wrong', 'stale', 'waiting', 'older', 'empty', 'none'] },
        firstMismatch: {
          anyOf: [
            { type: 'null' },
            {
              type: 'object',
              required: ['zxid', 'path'],
              properties: { zxid: HEX64, path: { type: ['string', 'null'] } },
            },
          ],
        },
      },
    },
  ],
} as const

/** `snapshot show --json`. */
export const schema = {
  $schema: DRAFT,
  title: 'snapshot show',
  type: 'object',
  required: [
    'source',
    'zxid',
    'time',
    'nodes',
    'kinds',
    'sessions',
    'dataBytes',
    'digest',
    'proof',
    'snapshot',
    'acls',
    'parents',
    'findings',
  ],
  properties: {
    source: {
      type: 'object',
      required: ['snapshot', 'logs'],
      properties: { snapshot: { type: ['string', 'null'] }, logs: { type: 'array', items: { type: 'string' } } },
    },
    zxid: { ...HEX64_OR_NULL, description: 'of the last transaction in it' },
    time: { ...TIME_OR_NULL, description: 'of that transaction; of a snapshot alone the latest that a znode carries' },
    nodes: { ...COUNT, description: 'as srvr counts them: the root counts twice' },
    kinds: {
      type: 'object',
      description: 'their sum is one less than nodes',
      required: ['persistent', 'ephemeral', 'container', 'ttl'],
      properties: { persistent: COUNT, ephemeral: COUNT, container: COUNT, ttl: COUNT },
    },
    sessions: COUNT,
    dataBytes: { ...COUNT, description: 'of all values' },
    digest: { ...HEX64_OR_NULL, description: 'of the tree, version 2; null where the files carry none' },
    proof: PROOF,
    snapshot: {
      type: 'object',
      required: ['file', 'bytes', 'compression', 'format', 'dbId'],
      properties: {
        file: { type: 'string' },
        bytes: { type: ['integer', 'null'], description: 'on disk; null for a pipe' },
        compression: { enum: ['none', 'gzip', 'snappy'] },
        format: { enum: ['3.4', '3.6', '3.9'], description: 'by the blocks behind the nodes' },
        dbId: HEX64,
      },
    },
    acls: COUNT,
    parents: {
      type: 'array',
      description: 'those with the most children',
      items: {
        type: 'object',
        required: ['path', 'children'],
        properties: { path: { type: 'string' }, children: COUNT },
      },
    },
    findings: FINDINGS,
  },
} as const
