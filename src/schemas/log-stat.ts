import { FINDINGS } from './finding.ts'
import { COUNT, DRAFT, HEX64, HEX64_OR_NULL, TIME, TIME_OR_NULL } from './values.ts'

const described = <T extends object>(type: T, description: string) => ({ ...type, description })
const COUNT_OR_NULL = { type: ['integer', 'null'], minimum: 0 } as const
const QUOTIENT = { type: ['number', 'null'], minimum: 0 } as const
const TEXT = { type: 'string' } as const

const object = <T extends object>(properties: T, optional: object = {}) => ({
  type: 'object',
  required: Object.keys(properties),
  properties: { ...properties, ...optional },
})

const listOf = <T extends object>(properties: T, description: string, optional: object = {}) => ({
  type: 'array',
  description,
  items: object(properties, optional),
})

const COUNTED = { count: COUNT, bytes: described(COUNT, 'of the whole records, as log dump says them') } as const
const MISSED = {
  maxMissed: described(COUNT, 'absent when the count is exact; else the true count is at most count + maxMissed'),
} as const
const ERROR = { code: { type: ['integer', 'null'] }, name: { type: ['string', 'null'] }, count: COUNT } as const
const PEAK = {
  description: 'exact unless the clock goes back by more than 1024 seconds (minutes) and comes again',
  anyOf: [{ type: 'null' }, object({ time: TIME, txns: COUNT })],
} as const
const KEYS = <T extends object>(type: T) => object({ paths: type, prefixes: type, sessions: type })

/** `log stat --json`. */
export const schema = {
  $schema: DRAFT,
  title: 'log stat',
  description:
    'What log dump prints for the same files and selection, counted. Lists are sorted by count, then bytes; paths, byPrefix, sessions and largest have as many rows as --top says.',
  ...object({
    txns: described(COUNT, 'records'),
    bytes: described(COUNT, 'of all records, from checksum to end mark'),
    fromZxid: described(HEX64_OR_NULL, 'of the first record read'),
    toZxid: described(HEX64_OR_NULL, 'of the last record read'),
    firstTime: TIME_OR_NULL,
    lastTime: TIME_OR_NULL,
    byType: listOf({ type: TEXT, ...COUNTED }, 'every record once; what is inside a multi is in byOp'),
    byOp: listOf({ type: TEXT, count: COUNT }, 'operations inside multis; failed ones have type error'),
    depth: described(COUNT, 'components of the prefixes'),
    byPrefix: listOf(
      { prefix: TEXT, ...COUNTED },
      'paths cut to depth components; a record counts once for each different prefix',
      MISSED,
    ),
    paths: listOf(
      { path: TEXT, ...COUNTED },
      'a record counts once, with all its bytes, for each different path that it names: its own, those that a closeSession removes, those of the operations inside a multi (a failed one names none)',
      MISSED,
    ),
    sessions: listOf({ session: HEX64, ...COUNTED }, 'the session of each record', MISSED),
    errors: listOf(ERROR, 'records of type error'),
    failedOps: listOf(ERROR, 'failed operations inside multis; code null: one that holds its old body'),
    largest: listOf(
      {
        file: TEXT,
        offset: COUNT,
        bytes: COUNT,
        zxid: HEX64,
        type: TEXT,
        path: { type: ['string', 'null'], description: 'the first that it names' },
      },
      'the largest records, 1000 at most; of equal ones the first',
    ),
    rates: object({
      mean: described(QUOTIENT, 'transactions a second over all buckets'),
      peakSecond: PEAK,
      peakMinute: PEAK,
      bucketSeconds: COUNT,
      buckets: listOf({ time: TIME, txns: COUNT, bytes: COUNT }, 'without holes between them, at most 60'),
      outside: described(COUNT, 'records whose time lies far outside of the buckets, or that have none'),
    }),
    distinct: described(KEYS(COUNT_OR_NULL), 'different ones; null when not all are held'),
    maxMissed: described(KEYS(COUNT), 'the most that one can have which is not held; 0 when all are held'),
    exact: { type: 'boolean', description: 'every count is exact; always so with --exact' },
    files: listOf(
      {
        file: TEXT,
        txns: described(COUNT, 'records that were counted'),
        bytes: described(COUNT, 'size after decompression'),
        usedBytes: described(COUNT, 'offset behind the last readable record, after decompression'),
        apparentBytes: described(COUNT_OR_NULL, 'size on disk; null for a pipe'),
        allocatedBytes: described(COUNT_OR_NULL, 'of its blocks on disk; null for a pipe'),
      },
      'in the order in which they are read',
    ),
    amplification: object({
      dataBytes: described(COUNT, 'znode data in creates, setData and reconfig, inside multis too'),
      recordsPerData: described(QUOTIENT, 'bytes / dataBytes'),
      allocatedPerUsed: described(QUOTIENT, 'allocatedBytes / usedBytes over all files'),
    }),
    readable: { type: 'boolean', description: 'false: a log is damaged, the exit code is 3' },
    findings: FINDINGS,
  }),
} as const
