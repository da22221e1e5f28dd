import { EPOCH_ROW } from './epoch.ts'
import { FINDINGS } from './finding.ts'
import { schema as logDiff } from './log-diff.ts'
import { COUNT, DRAFT, HEX64, HEX64_OR_NULL } from './values.ts'

const TEXT = { type: 'string' } as const
const TEXT_OR_NULL = { type: ['string', 'null'] } as const
const { verdict, common, only, firstDifference } = logDiff.properties
const RANGE = {
  type: 'object',
  required: ['fromZxid', 'toZxid'],
  properties: { fromZxid: HEX64, toZxid: HEX64 },
} as const

/** `data compare --json`. */
export const schema = {
  $schema: DRAFT,
  title: 'data compare',
  type: 'object',
  required: [
    'verdict',
    'common',
    'firstDifference',
    'only',
    'wouldWin',
    'truth',
    'why',
    'directories',
    'pairs',
    'trees',
    'findings',
  ],
  properties: {
    verdict: { ...verdict, description: 'the worst of all pairs; see log diff' },
    common,
    firstDifference: {
      anyOf: [
        { type: 'null' },
        { type: 'object', required: ['zxid', 'path'], properties: { zxid: HEX64, path: TEXT_OR_NULL } },
      ],
    },
    only,
    wouldWin: { ...TEXT_OR_NULL, description: 'by currentEpoch, last zxid and id; null when two are equal' },
    truth: { ...TEXT_OR_NULL, description: 'the directory to go on with; null when that cannot be told' },
    why: TEXT,
    directories: {
      type: 'array',
      items: {
        allOf: [
          EPOCH_ROW,
          {
            type: 'object',
            required: ['myid', 'snapshot', 'firstLoggedZxid', 'loggedRecords', 'sound', 'agreedTo', 'tail'],
            properties: {
              myid: { type: ['integer', 'null'] },
              snapshot: TEXT_OR_NULL,
              firstLoggedZxid: HEX64_OR_NULL,
              loggedRecords: COUNT,
              sound: { type: 'boolean', description: 'readable to its end, without a hole that another one fills' },
              agreedTo: { ...HEX64_OR_NULL, description: 'a majority of the directories agrees up to here' },
              tail: { anyOf: [{ type: 'null' }, RANGE] },
            },
          },
        ],
      },
    },
    pairs: {
      type: 'array',
      items: {
        type: 'object',
        required: ['a', 'b', 'verdict', 'common', 'different', 'firstDifference'],
        properties: { a: TEXT, b: TEXT, verdict, common, different: COUNT, firstDifference },
      },
    },
    trees: {
      description: 'null unless asked for',
      anyOf: [
        { type: 'null' },
        {
          type: 'array',
          items: {
            type: 'object',
            required: ['directory', 'zxid', 'digest'],
            properties: { directory: TEXT, zxid: HEX64, digest: HEX64_OR_NULL },
          },
        },
      ],
    },
    findings: FINDINGS,
  },
} as const
