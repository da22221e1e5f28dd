import { MEMBERS, STATE, WHOLE } from './ensemble.ts'
import { FINDINGS } from './finding.ts'
import { COUNT, DRAFT, TIME } from './values.ts'

const COUNT_OR_NULL = { anyOf: [COUNT, { type: 'null' }] } as const
const NUMBER_OR_NULL = { type: ['number', 'null'] } as const

const SILENCE = {
  type: ['object', 'null'],
  required: ['from', 'until', 'why', 'by'],
  properties: { from: TIME, until: TIME, why: { type: 'string' }, by: { type: 'string' } },
} as const

const CHECK = {
  ...WHOLE,
  status: {
    enum: ['ok', 'warning', 'critical', 'unknown'],
    description: 'the worst finding; unknown when no member may be asked anything',
  },
  members: MEMBERS,
  checks: {
    type: 'array',
    description: 'every rule that was applied',
    items: {
      type: 'object',
      required: ['code', 'status'],
      properties: { code: { type: 'string' }, status: { enum: ['ok', 'warning', 'critical'] } },
    },
  },
  metrics: {
    type: 'array',
    items: {
      type: 'object',
      required: ['name', 'member', 'value', 'unit', 'warn', 'critical'],
      properties: {
        name: { type: 'string' },
        member: { ...COUNT_OR_NULL, description: 'null: of the ensemble' },
        value: { type: 'number' },
        unit: { enum: ['ms', 'B', 'c', ''], description: 'c: a counter' },
        warn: NUMBER_OR_NULL,
        critical: NUMBER_OR_NULL,
      },
    },
  },
  silence: SILENCE,
  state: { type: ['string', 'null'], description: 'the file that the next run compares with' },
} as const

export const check = {
  $schema: DRAFT,
  title: 'health check',
  type: 'object',
  required: Object.keys(CHECK),
  properties: CHECK,
} as const

export const silence = {
  $schema: DRAFT,
  title: 'health silence',
  type: 'object',
  required: ['ensemble', 'file', 'silence'],
  properties: { ensemble: { type: 'string' }, file: { type: 'string' }, silence: SILENCE },
} as const

const TEXT_OR_NULL = { type: ['string', 'null'] } as const
const OUTCOME = { enum: ['open', 'refused', 'timeout', 'unreachable', 'unresolved', 'failed'] } as const
const FROM = { type: 'string', description: 'here: this machine; else a member' } as const
const ADDRESS = { host: { type: 'string' }, port: COUNT } as const

const NETWORK_MEMBER = {
  name: { type: 'string', description: 'its id, or where it was asked' },
  id: COUNT_OR_NULL,
  role: { enum: ['participant', 'observer', null] },
  state: STATE,
  client: { type: ['object', 'null'], required: Object.keys(ADDRESS), properties: ADDRESS },
  peers: {
    type: 'array',
    description: 'where other members reach it; empty: not known',
    items: {
      type: 'object',
      required: ['host', 'quorumPort', 'electionPort'],
      properties: { host: { type: 'string' }, quorumPort: COUNT, electionPort: COUNT_OR_NULL },
    },
  },
  silent: { ...TEXT_OR_NULL, description: 'how its sources failed, where it takes connections and answers nobody' },
} as const

const NETWORK_LINK = {
  from: FROM,
  to: { type: 'string' },
  port: { enum: ['client', 'quorum', 'election'] },
  host: { type: 'string' },
  number: COUNT,
  outcome: OUTCOME,
  ms: { ...NUMBER_OR_NULL, description: 'of the handshake; null from members' },
  detail: TEXT_OR_NULL,
  verdict: {
    enum: ['ok', 'idle', 'fault', 'unjudged'],
    description:
      'idle: a quorum port whose member does not lead; unjudged: not needed from there, or its member is down',
  },
} as const

const NETWORK_VIEW = { from: FROM, looked: { type: 'boolean' }, reason: TEXT_OR_NULL } as const

const NETWORK_NAME = {
  name: { type: 'string' },
  seen: {
    type: 'array',
    items: {
      type: 'object',
      required: ['from', 'addresses'],
      properties: {
        from: FROM,
        addresses: { type: ['array', 'null'], items: { type: 'string' }, description: 'null: not told' },
      },
    },
  },
  same: { type: ['boolean', 'null'], description: 'between members; null: fewer than two of them tell' },
} as const

const listOf = <T extends object>(properties: T) =>
  ({ type: 'array', items: { type: 'object', required: Object.keys(properties), properties } }) as const

const NETWORK = {
  ...{ ensemble: WHOLE.ensemble, at: TIME, tookMs: COUNT },
  verdict: { enum: ['ok', 'faulty'] },
  leader: { ...TEXT_OR_NULL, description: 'null: nobody led all the time' },
  members: listOf(NETWORK_MEMBER),
  views: listOf(NETWORK_VIEW),
  links: listOf(NETWORK_LINK),
  names: listOf(NETWORK_NAME),
  findings: FINDINGS,
} as const

export const network = {
  $schema: DRAFT,
  title: 'health network',
  type: 'object',
  required: Object.keys(NETWORK),
  properties: NETWORK,
} as const
