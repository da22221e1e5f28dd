import { FINDINGS } from './finding.ts'
import { schema as record } from './log-dump.ts'
import { INT } from './payload.ts'
import { COUNT, DRAFT, HEX64, HEX64_OR_NULL, TIME_OR_NULL } from './values.ts'

const HOW = {
  description: 'closed: by its client. expired: by the servers (or terminated over JMX, which looks the same)',
  enum: ['closed', 'expired'],
} as const
const PLACE = { file: { type: 'string' }, offset: COUNT } as const

const moment = (properties: object = {}, nullable = true) => ({
  type: nullable ? ['object', 'null'] : 'object',
  required: ['zxid', 'time', ...Object.keys(properties)],
  properties: { zxid: HEX64, time: TIME_OR_NULL, ...properties },
})

const RANGE = {
  fromZxid: { ...HEX64_OR_NULL, description: 'what the logs at hand reach from' },
  toZxid: { ...HEX64_OR_NULL, description: 'what was read up to' },
} as const

const { $schema, title, $defs, ...line } = record

/** `log session ID --json`. */
export const schema = {
  $schema: DRAFT,
  title: 'log session',
  $defs,
  type: 'object',
  required: [
    'session',
    'created',
    'ended',
    'txns',
    'byType',
    'errors',
    'first',
    'last',
    'ephemerals',
    'ephemeralsOmitted',
    'recordsOmitted',
    'fromZxid',
    'toZxid',
    'records',
    'findings',
  ],
  properties: {
    session: HEX64,
    created: { ...moment({ timeoutMs: INT, ...PLACE }), description: 'null: before these logs' },
    ended: { ...moment({ cxid: INT, how: HOW, ...PLACE }), description: 'null: not in these logs' },
    txns: COUNT,
    byType: {
      type: 'array',
      items: { type: 'object', required: ['type', 'count'], properties: { type: { type: 'string' }, count: COUNT } },
    },
    errors: { ...COUNT, description: 'requests that failed, multis too' },
    first: moment(),
    last: moment(),
    ephemerals: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'created', 'removed'],
        properties: {
          path: { type: 'string' },
          created: { ...moment(), description: 'null: before these logs' },
          removed: {
            ...moment({ cause: { enum: ['explicit', 'multi', 'session-closed', 'session-expired'] }, session: HEX64 }),
            description: 'null: there where these logs end',
          },
        },
      },
    },
    ephemeralsOmitted: COUNT,
    recordsOmitted: { ...COUNT, description: 'how many more there are than --limit' },
    ...RANGE,
    records: { description: 'as in log dump', type: 'array', items: line },
    findings: FINDINGS,
  },
} as const

/** `log session --list --json`; `sessions` hold what is one line of `--format jsonl`. */
export const list = {
  $schema: DRAFT,
  title: 'log session --list',
  type: 'object',
  required: ['sessions', 'sessionsOmitted', 'fromZxid', 'toZxid', 'findings'],
  properties: {
    sessions: {
      type: 'array',
      items: {
        type: 'object',
        required: ['session', 'created', 'ended', 'txns', 'errors', 'ephemerals', 'first', 'last'],
        properties: {
          session: HEX64,
          created: { ...moment({ timeoutMs: INT }), description: 'null: before what was read' },
          ended: { ...moment({ how: HOW }), description: 'null: not in what was read' },
          txns: COUNT,
          errors: COUNT,
          ephemerals: { ...COUNT, description: 'that it created' },
          first: moment({}, false),
          last: moment({}, false),
        },
      },
    },
    sessionsOmitted: COUNT,
    ...RANGE,
    findings: FINDINGS,
  },
} as const
