import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { LIVE } from './live-flags.ts'

/** The znode to look at; behind the chroot of --connect. */
export const ZNODE = Args.string({ description: 'path of a znode', default: '/', ignoreStdin: true })

/** What commands that look into live servers take. */
export const ZNODE_FLAGS = {
  sync: Flags.boolean({
    summary: 'See everything that was committed before: the server catches up with the leader first.',
  }),
  ...LIVE,
}
