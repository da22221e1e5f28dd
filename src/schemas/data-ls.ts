import { FINDINGS } from './finding.ts'
import { COUNT, DRAFT, HEX64, HEX64_OR_NULL } from './values.ts'

const TEXT = { type: 'string' } as const
const COUNT_OR_NULL = { anyOf: [COUNT, { type: 'null' }] } as const
const BOOLEAN = { type: 'boolean' } as const

/** `data ls --json`. */
export const schema = {
  $schema: DRAFT,
  title: 'data ls',
  type: 'object',
  required: ['directory', 'snapshotDirectory', 'logDirectory', 'verified', 'files', 'chain', 'loads', 'findings'],
  properties: {
    directory: TEXT,
    snapshotDirectory: TEXT,
    logDirectory: TEXT,
    verified: { ...BOOLEAN, description: 'every record and node was read' },
    files: {
      type: 'array',
      items: {
        type: 'object',
        required: [
          'file',
          'kind',
          'nameZxid',
          'misplaced',
          'stray',
          'bytes',
          'allocatedBytes',
          'usedBytes',
          'firstZxid',
          'lastZxid',
          'records',
          'end',
          'usable',
          'loaded',
        ],
        properties: {
          file: TEXT,
          kind: { enum: ['log', 'snapshot', 'epoch', 'leftover', 'folder', 'foreign'] },
          nameZxid: HEX64_OR_NULL,
          misplaced: BOOLEAN,
          stray: { ...BOOLEAN, description: 'a copy that servers from 3.6 on read' },
          bytes: COUNT_OR_NULL,
          allocatedBytes: COUNT_OR_NULL,
          usedBytes: COUNT_OR_NULL,
          firstZxid: HEX64_OR_NULL,
          lastZxid: HEX64_OR_NULL,
          records: { ...COUNT_OR_NULL, description: 'transactions or nodes; null when they were not counted' },
          end: { enum: ['end-of-file', 'padding', 'torn', 'damaged', null] },
          usable: { type: ['boolean', 'null'], description: 'null: not known without --verify' },
          loaded: { ...BOOLEAN, description: 'a server of the newest line reads it at its start' },
        },
      },
    },
    chain: {
      description: 'what the logs cover without a hole; between two entries there is one',
      type: 'array',
      items: { type: 'object', required: ['fromZxid', 'toZxid'], properties: { fromZxid: HEX64, toZxid: HEX64 } },
    },
    loads: {
      type: 'object',
      required: ['snapshot', 'logs', 'lastZxid'],
      properties: {
        snapshot: { type: ['string', 'null'] },
        logs: { type: 'array', items: TEXT },
        lastZxid: HEX64_OR_NULL,
      },
    },
    findings: FINDINGS,
  },
} as const
