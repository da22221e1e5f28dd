import { COUNT } from './values.ts'

const TEXT = { type: 'string' } as const

/** `data undo --list --json`. */
export const listing = {
  title: 'data undo --list',
  type: 'object',
  required: ['directory', 'bundles'],
  properties: {
    directory: TEXT,
    bundles: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'kind', 'time', 'files', 'state', 'undo'],
        properties: {
          id: TEXT,
          kind: { ...TEXT, description: 'the words of the command that made it' },
          time: TEXT,
          files: COUNT,
          state: { enum: ['done', 'unfinished', 'changed'] },
          undo: { ...TEXT, description: 'the command that takes it back' },
        },
      },
    },
  },
} as const
