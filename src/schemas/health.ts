import { MEMBERS, WHOLE } from './ensemble.ts'
import { COUNT, DRAFT, TIME } from './values.ts'

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
