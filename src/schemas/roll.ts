import { CHANGE_STATUS } from './change-status.ts'
import { FINDINGS } from './finding.ts'
import { COUNT, DRAFT } from './values.ts'

const TEXT = { type: 'string' } as const

/** `roll restart --json` and all others that restart: a change, and how it went. */
export const roll = <T extends { readonly properties: object }>(change: T) => ({
  ...change,
  title: 'roll',
  properties: {
    ...change.properties,
    members: {
      type: 'array',
      description: 'in the order in which they were restarted',
      items: {
        type: 'object',
        required: ['id', 'role', 'state', 'commandsMs', 'readyMs', 'settleMs'],
        properties: {
          id: COUNT,
          role: { enum: ['participant', 'observer'] },
          state: { ...TEXT, description: 'as what it was restarted' },
          commandsMs: { ...COUNT, description: 'what ran, until it ended' },
          readyMs: { ...COUNT, description: 'from then until it served as it has to' },
          settleMs: COUNT,
        },
      },
    },
    timing: {
      type: 'object',
      required: ['totalMs', 'waitedMs', 'waitedShare'],
      properties: {
        totalMs: COUNT,
        waitedMs: { ...COUNT, description: 'in commands, until members served, and in pauses' },
        waitedShare: { type: 'number', minimum: 0 },
      },
    },
  },
})

/** `roll config --json`: what changes in each file, too. */
export const config = <T extends { readonly properties: object; readonly required: readonly string[] }>(rolled: T) => ({
  ...rolled,
  title: 'roll config',
  required: [...rolled.required, 'files'],
  properties: {
    ...rolled.properties,
    files: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'file', 'lines'],
        properties: {
          id: COUNT,
          file: TEXT,
          lines: {
            type: 'array',
            description: 'that go and come; secrets are hidden',
            items: {
              type: 'object',
              required: ['sign', 'text'],
              properties: { sign: { enum: ['-', '+'] }, text: TEXT },
            },
          },
        },
      },
    },
  },
})

/** `roll status --json`. */
export const status = {
  $schema: DRAFT,
  title: 'roll status',
  type: 'object',
  required: ['ensemble', 'changes', 'findings'],
  properties: {
    ensemble: TEXT,
    changes: { type: 'array', items: CHANGE_STATUS },
    findings: FINDINGS,
  },
} as const
