import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { id64, size } from './flags.ts'

/** What all commands that read logs take. */
export const LOG_PLACES = Args.string({
  description: 'logs, directories of logs, data directories, or - for standard input',
  required: true,
})

export const juteMaxbuffer = size({
  summary: "The servers' jute.maxbuffer: no record longer than they allow is read.",
  default: 1_048_575,
  defaultHelp: async () => '1048575',
})

/** Where a command that makes logs puts them. */
export const output = Flags.string({
  summary: 'The directory to make; it must not exist or be empty, nor lie where a server reads.',
  required: true,
  helpValue: '<dir>',
})

const SELECTION = { helpGroup: 'SELECTION' } as const

/** Which transactions a stream of them prints. */
export const TXN_SELECTION = {
  path: Flags.string({
    summary: 'Paths that match: * within a component, ** across. Paths inside multi and closeSession count.',
    helpValue: '<glob>',
    ...SELECTION,
  }),
  type: Flags.string({
    summary: 'Types of transactions, e.g. create,setData,multi,unknown; may be repeated.',
    multiple: true,
    multipleNonGreedy: true,
    delimiter: ',',
    ...SELECTION,
  }),
  session: id64({ summary: 'One session.', ...SELECTION }),
  errors: Flags.boolean({ summary: 'Failed requests only.', ...SELECTION }),
}

/** What a stream of transactions prints of their data. */
export const TXN_DATA = {
  decode: Flags.boolean({
    summary: 'Show what payloads are; in JSON lines and CSV as decoded, beside data.',
    exclusive: ['no-data', 'decode-with'],
  }),
  'decode-with': Flags.string({
    summary:
      'Have a program decode: sh -c <command> gets a payload on stdin, ZKOPS_PATH, ZKOPS_ZXID and ZKOPS_TYPE in its environment, and prints text or JSON within 10 s.',
    helpValue: '<command>',
    exclusive: ['no-data'],
  }),
  'no-data': Flags.boolean({ summary: 'Leave data out, print its size.' }),
  'data-width': Flags.integer({ summary: 'Characters of data in text.', min: 0, default: 40 }),
}
