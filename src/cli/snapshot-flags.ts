import * as Args from '@oclif/core/args'
import { size } from './flags.ts'

/** What all commands that read one snapshot take. */
export const SNAPSHOT_PLACE = Args.string({
  description: 'snapshot, directory of snapshots, data directory, or - for standard input',
  ignoreStdin: true,
})

export const snapshotJuteMaxbuffer = size({
  summary: "The servers' jute.maxbuffer: they read no node with a longer path or value than it allows.",
  default: 1_048_575,
  defaultHelp: async () => '1048575',
})
