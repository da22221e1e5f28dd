import { MEMBERS, STATE, WHOLE } from './ensemble.ts'
import { FINDINGS } from './finding.ts'
import { COUNT, DRAFT, TIME, TIME_OR_NULL } from './values.ts'

const COUNT_OR_NULL = { anyOf: [COUNT, { type: 'null' }] } as const
const NUMBER_OR_NULL = { type: ['number', 'null'] } as const

const MS = { type: 'number', minimum: 0 } as const

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
      required: ['name', 'member', 'host', 'value', 'unit', 'warn', 'critical'],
      properties: {
        name: { type: 'string' },
        member: { ...COUNT_OR_NULL, description: 'null: of the ensemble, or of a member that does not say its id' },
        host: { type: ['string', 'null'], description: 'host:port of the member; null: of the ensemble' },
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

const STEP_TIMES = {
  type: 'object',
  required: ['p50', 'p95', 'p99', 'max'],
  properties: { p50: MS, p95: MS, p99: MS, max: MS },
} as const

const CANARY_MEMBER = {
  ...{ id: COUNT_OR_NULL, host: { type: 'string' }, clientPort: COUNT_OR_NULL },
  role: MEMBERS.items.properties.role,
  state: MEMBERS.items.properties.state,
  ok: { type: 'boolean', description: 'every step went well in every round' },
  connectMs: { ...NUMBER_OR_NULL, description: 'until its session was there' },
  createMs: { ...NUMBER_OR_NULL, description: 'of several rounds the median, as the next three; null: not reached' },
  readMs: { ...NUMBER_OR_NULL, description: 'sync and read on another member' },
  watchMs: { ...NUMBER_OR_NULL, description: 'from a change on this one until the watch on the other tells' },
  deleteMs: NUMBER_OR_NULL,
  reader: { type: ['string', 'null'], description: 'the member that looked' },
  rounds: COUNT,
  performance: {
    anyOf: [
      {
        type: 'object',
        required: ['create', 'read', 'watch', 'delete'],
        properties: { create: STEP_TIMES, read: STEP_TIMES, watch: STEP_TIMES, delete: STEP_TIMES },
      },
      { type: 'null' },
    ],
    description: 'milliseconds, with --performance',
  },
  reason: { type: ['string', 'null'], description: 'why it is not ok' },
} as const

const CANARY = {
  ensemble: WHOLE.ensemble,
  at: TIME,
  tookMs: COUNT,
  status: {
    enum: ['ok', 'warning', 'critical', 'unknown'],
    description: 'the worst finding; unknown when nothing could be tried, because it is not allowed',
  },
  verdict: { enum: ['pass', 'fail', null], description: 'with --performance; null without' },
  parent: { type: 'string' },
  rounds: COUNT,
  members: {
    type: 'array',
    items: { type: 'object', required: Object.keys(CANARY_MEMBER), properties: CANARY_MEMBER },
  },
  findings: WHOLE.findings,
  metrics: CHECK.metrics,
} as const

export const canary = {
  $schema: DRAFT,
  title: 'health canary',
  type: 'object',
  required: Object.keys(CANARY),
  properties: CANARY,
} as const

export const silence = {
  $schema: DRAFT,
  title: 'health silence',
  type: 'object',
  required: ['ensemble', 'file', 'silence'],
  properties: { ensemble: { type: 'string' }, file: { type: 'string' }, silence: SILENCE },
} as const

const CERTIFICATES = {
  type: 'array',
  items: {
    type: 'object',
    required: [
      ...['subject', 'issuer', 'serial', 'fingerprint', 'validFrom', 'validTo', 'daysLeft', 'names', 'authority'],
    ],
    properties: {
      subject: { type: 'string' },
      issuer: { type: 'string' },
      serial: { type: 'string' },
      fingerprint: { type: 'string', description: 'SHA-256' },
      validFrom: TIME,
      validTo: TIME,
      daysLeft: { type: 'number', description: 'below 0: it has expired' },
      names: { type: 'array', items: { type: 'string' } },
      authority: { type: 'boolean' },
    },
  },
} as const

const PORT = {
  member: COUNT_OR_NULL,
  kind: { enum: ['client', 'quorum', 'election', 'admin'] },
  host: { type: 'string' },
  port: COUNT,
  state: { enum: ['tls', 'plain', 'closed', 'silent', 'unreachable'] },
  protocol: { type: ['string', 'null'] },
  refusedUs: { type: 'boolean', description: 'it takes no client without a certificate that it trusts' },
  reason: { type: ['string', 'null'], description: 'why there is no certificate' },
  chain: { ...CERTIFICATES, description: 'as it was sent, the own one first' },
} as const

const STORE = {
  member: COUNT_OR_NULL,
  config: { type: 'string', description: 'the zoo.cfg' },
  key: { type: 'string' },
  file: { type: 'string' },
  kind: { enum: ['PEM', 'PKCS12', 'JKS', null] },
  state: { enum: ['opened', 'missing', 'password-file', 'password', 'damaged', 'unknown'] },
  certificates: CERTIFICATES,
} as const

const CERTS = {
  ensemble: { type: ['string', 'null'], description: 'null: files alone were looked at' },
  status: { enum: ['ok', 'warning', 'critical', 'unknown'], description: 'unknown: there was nothing to look at' },
  at: TIME,
  ports: { type: 'array', items: { type: 'object', required: Object.keys(PORT), properties: PORT } },
  stores: { type: 'array', items: { type: 'object', required: Object.keys(STORE), properties: STORE } },
  findings: FINDINGS,
} as const

export const certs = {
  $schema: DRAFT,
  title: 'health certs',
  type: 'object',
  required: Object.keys(CERTS),
  properties: CERTS,
} as const

const WHAT = { enum: ['zxid', 'sequence', 'disk', 'init-limit', 'heap', 'certificate'] } as const
const TEXT_OR_NULL = { type: ['string', 'null'] } as const

const ONE_FORECAST = {
  what: WHAT,
  member: { ...TEXT_OR_NULL, description: 'null: of the ensemble, or of the directory' },
  subject: { ...TEXT_OR_NULL, description: 'a path, a directory, a port' },
  value: { type: 'number' },
  limit: { type: 'number', description: 'where it ends' },
  unit: { enum: ['', 'B', 'ms', 'd'] },
  perDay: { ...NUMBER_OR_NULL, description: 'how fast it grows; null: not known' },
  daysLeft: { ...NUMBER_OR_NULL, description: 'null: it does not grow, or that is not known' },
  endsAt: TIME_OR_NULL,
  confidence: { enum: ['high', 'medium', 'low', null], description: 'how sure the rate is' },
  severity: { enum: ['ok', 'warning', 'critical'] },
  assumes: { ...TEXT_OR_NULL, description: 'what was taken for given' },
} as const

const FORECAST = {
  ensemble: TEXT_OR_NULL,
  directory: TEXT_OR_NULL,
  status: { enum: ['ok', 'warning', 'critical', 'unknown'] },
  at: TIME,
  basis: {
    type: ['object', 'null'],
    description: 'where rates come from',
    required: ['kind', 'from', 'to', 'points'],
    properties: { kind: { enum: ['state', 'samples', 'directory'] }, from: TIME, to: TIME, points: COUNT },
  },
  forecasts: {
    type: 'array',
    description: 'the nearest end first',
    items: { type: 'object', required: Object.keys(ONE_FORECAST), properties: ONE_FORECAST },
  },
  unseen: {
    type: 'array',
    items: { type: 'object', required: ['what', 'why'], properties: { what: WHAT, why: { type: 'string' } } },
  },
  findings: FINDINGS,
} as const

export const forecast = {
  $schema: DRAFT,
  title: 'health forecast',
  type: 'object',
  required: Object.keys(FORECAST),
  properties: FORECAST,
} as const

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

export const maintenance = {
  $schema: DRAFT,
  title: 'maintenance',
  type: 'object',
  required: ['ensemble', 'file', 'maintenance', 'ended'],
  properties: {
    ensemble: { type: 'string' },
    file: { type: 'string' },
    maintenance: { ...SILENCE, description: 'null: none, now' },
    ended: { ...SILENCE, description: 'what went on until now and does no longer' },
  },
} as const
