import { MEMBERS, WHOLE } from './ensemble.ts'
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
