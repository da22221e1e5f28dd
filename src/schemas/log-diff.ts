import { FINDINGS } from './finding.ts'
import { COUNT, DRAFT, HEX64, HEX64_OR_NULL } from './values.ts'

const PATH = { type: ['string', 'null'] } as const
const RECORD = {
  file: { type: 'string' },
  offset: COUNT,
  bytes: { ...COUNT, description: 'of the whole record' },
} as const

/** `log diff --json`. */
export const schema = {
  $schema: DRAFT,
  title: 'log diff',
  type: 'object',
  required: [
    'verdict',
    'common',
    'compared',
    'firstDifference',
    'only',
    'onlyOmitted',
    'wouldWin',
    'sides',
    'findings',
  ],
  properties: {
    verdict: {
      enum: ['identical', 'prefix', 'hole', 'diverged'],
      description:
        'identical: the same zxids and transactions. prefix: nothing contradicts, but one side begins later, ends earlier, or got a snapshot in the place of records. hole: one side lacks records inside. diverged: a zxid holds two transactions, or one side has records that the other passes over to go on with a later epoch (two histories, often just an uncommitted tail: only[].kind branch).',
    },
    common: {
      description: 'the first and the last zxid that both hold; null when there is none',
      anyOf: [
        { type: 'null' },
        { type: 'object', required: ['fromZxid', 'toZxid'], properties: { fromZxid: HEX64, toZxid: HEX64 } },
      ],
    },
    compared: {
      type: 'object',
      required: ['records', 'bytes', 'different', 'otherForm'],
      properties: {
        records: { ...COUNT, description: 'records whose zxid both hold' },
        bytes: { ...COUNT, description: 'their bytes on the first side' },
        different: { ...COUNT, description: 'those that are two transactions' },
        otherForm: {
          ...COUNT,
          description:
            'those that are one transaction in two forms: with and without digest or closeSession paths, failed multis',
        },
      },
    },
    firstDifference: {
      description:
        'the lowest zxid that holds two transactions or is missing inside one side; null when verdict is identical or prefix',
      anyOf: [
        { type: 'null' },
        {
          type: 'object',
          required: ['zxid', 'path', 'field', 'how', 'sides'],
          properties: {
            zxid: HEX64,
            path: PATH,
            field: {
              type: 'string',
              description: 'the first field that differs, as in log dump; missing when one side lacks the zxid',
            },
            how: { type: 'string' },
            sides: {
              type: 'array',
              items: {
                type: 'object',
                required: ['where', 'file', 'offset', 'bytes'],
                properties: { where: { type: 'string' }, ...RECORD },
              },
            },
          },
        },
      ],
    },
    only: {
      description: 'runs of records that only one side has, at most 1000',
      type: 'array',
      items: {
        type: 'object',
        required: ['where', 'fromZxid', 'toZxid', 'records', 'kind', 'after', 'before', 'path', 'at'],
        properties: {
          where: { type: 'string', description: 'the side that has them, as given' },
          fromZxid: HEX64,
          toZxid: HEX64,
          records: COUNT,
          kind: {
            enum: ['before', 'behind', 'snapshot-sync', 'branch', 'hole'],
            description:
              'before, behind: the other side begins later, ends earlier. snapshot-sync: it got a snapshot in their place. branch: it goes on with a later epoch without them. hole: they are missing there.',
          },
          after: { ...HEX64_OR_NULL, description: "the other side's zxid before them" },
          before: { ...HEX64_OR_NULL, description: "the other side's zxid behind them" },
          path: { ...PATH, description: 'of the first of them' },
          at: { type: 'object', required: ['file', 'offset', 'bytes'], properties: RECORD },
        },
      },
    },
    onlyOmitted: { ...COUNT, description: 'runs that are not listed' },
    wouldWin: {
      type: ['string', 'null'],
      description: 'the side whose logs reach the higher zxid; null when both reach the same',
    },
    sides: {
      type: 'array',
      items: {
        type: 'object',
        required: ['where', 'logs', 'records', 'firstZxid', 'lastZxid', 'tail', 'repeated'],
        properties: {
          where: { type: 'string' },
          logs: COUNT,
          records: COUNT,
          firstZxid: HEX64_OR_NULL,
          lastZxid: HEX64_OR_NULL,
          tail: { enum: ['end-of-file', 'padding', 'torn', 'damaged', null], description: 'of the last log' },
          repeated: { ...COUNT, description: 'records whose zxids came before' },
        },
      },
    },
    findings: FINDINGS,
  },
} as const
