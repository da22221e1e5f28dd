import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { size } from './flags.ts'

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
