import { COUNT } from './values.ts'

const TEXT = { type: 'string' } as const

/** A change of an ensemble, as its journal tells it. */
export const CHANGE_STATUS = {
  type: 'object',
  required: ['id', 'file', 'kind', 'startedAt', 'by', 'running', 'outcome', 'steps', 'failure', 'undo'],
  properties: {
    id: TEXT,
    file: { ...TEXT, description: 'the journal' },
    kind: TEXT,
    startedAt: TEXT,
    by: TEXT,
    running: {
      type: ['boolean', 'null'],
      description: 'whether its process works on it; null when it is on another machine',
    },
    outcome: { enum: ['done', 'aborted', null], description: 'null: it is not finished' },
    steps: {
      type: 'array',
      items: {
        type: 'object',
        required: ['n', 'target', 'detail', 'state'],
        properties: {
          n: COUNT,
          target: TEXT,
          detail: TEXT,
          state: {
            enum: ['done', 'unknown', 'failed', 'open'],
            description: 'unknown: it was begun, and nobody wrote how it ended',
          },
        },
      },
    },
    failure: { type: ['string', 'null'], description: 'what the last step failed with' },
    undo: TEXT,
  },
} as const
