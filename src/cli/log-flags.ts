import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { id64, moment, size } from './flags.ts'

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

/** Which zxids and times are wanted. */
export const WINDOW = {
  'from-zxid': id64({ summary: 'From this zxid on.', ...SELECTION }),
  'to-zxid': id64({ summary: 'Up to and including this zxid.', ...SELECTION }),
  since: moment({ summary: 'From this time on: ISO-8601, or an age such as 2h.', ...SELECTION }),
  until: moment({ summary: 'Up to this time.', ...SELECTION }),
}

/** The same as operations take it. */
export function windowOf(flags: {
  readonly 'from-zxid': bigint | undefined
  readonly 'to-zxid': bigint | undefined
  readonly since: Date | undefined
  readonly until: Date | undefined
}) {
  return { fromZxid: flags['from-zxid'], toZxid: flags['to-zxid'], since: flags.since, until: flags.until }
}

/** What one document of a list may hold unless --limit says otherwise: all of it is in memory. */
export const MOST_IN_DOCUMENT = 100_000

/** What commands that tell a story of logs share. */
export const STORY = {
  format: Flags.option({
    summary: 'How to print; --json makes one document of it instead.',
    options: ['text', 'jsonl', 'csv'] as const,
    default: 'text' as const,
  })(),
  ...WINDOW,
  limit: Flags.integer({
    summary: `How many are shown; in one document (--json) ${MOST_IN_DOCUMENT} unless given.`,
    min: 0,
  }),
  'no-data': Flags.boolean({ summary: 'Leave data out, print its size.' }),
  'data-width': Flags.integer({ summary: 'Characters of data in a line of text.', min: 0, default: 72 }),
  'jute-maxbuffer': juteMaxbuffer,
}

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
