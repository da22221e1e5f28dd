import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { ACCEPT_LOSS, checkConfirmed } from '../../cli/accept-loss.ts'
import { buildMoment } from '../../cli/build-moment.ts'
import { ChangeCommand } from '../../cli/change-command.ts'
import { zookeeperLine } from '../../cli/config-flags.ts'
import { output } from '../../cli/log-flags.ts'
import { TREE } from '../../cli/tree-flags.ts'
import { planBuild } from '../../operations/snapshot-build/build.ts'
import type { ChangeResult, PlanResult } from '../../support/change.ts'

export default class SnapshotBuild extends ChangeCommand {
  static override summary = 'Build the exact snapshot of a moment, and prove it.'
  static override description =
    'For going back to a moment, or for a clean start. The newest whole snapshot below the moment is loaded, the logs are replayed up to it, and every digest on the way (3.6 and later) is compared with the tree: the plan says what that proves, or where and on which path the first difference is. Logs of 3.4 and 3.5 carry no digests: there it says that nothing can be proved. The result is a data directory that a server starts from: a snapshot that is not fuzzy, the epoch files that belong to it, myid. With a hole in the logs, damage or a digest that differs before the moment it is refused. Ephemerals stay those of their sessions (they go when the sessions expire), or go with --sessions drop; none becomes persistent. The given files are only read.'
  static override examples = [
    {
      description: 'What can be proved of the latest state.',
      command: '<%= config.bin %> <%= command.id %> . --output restored --dry-run',
    },
    {
      description: 'The moment before a znode was deleted.',
      command:
        "<%= config.bin %> <%= command.id %> . --at 'before delete /app/queue/item-0000000001' --output restored --dry-run",
    },
    {
      description: 'A data directory for server 1, as of a zxid.',
      command: '<%= config.bin %> <%= command.id %> version-2 --at 0x190 --myid 1 --output restored --execute',
    },
  ]
  static override args = {
    place: Args.string({ description: 'data directory, or directory of snapshots and logs', ignoreStdin: true }),
  }
  static override flags = {
    ...TREE,
    at: buildMoment({
      summary: "The moment: latest, zxid (0x…), time, age, 'before 0x…', 'before delete /path' (the last time).",
      default: { kind: 'at', at: {} },
      defaultHelp: async () => 'latest',
      helpGroup: 'TREE',
    }),
    output,
    sessions: Flags.option({
      summary: 'What becomes of sessions and their ephemerals.',
      options: ['keep', 'drop'] as const,
      default: 'keep' as const,
    })(),
    myid: Flags.integer({ summary: 'Id of the server that the directory is for.', min: 0, max: 255 }),
    zookeeper: zookeeperLine({ summary: 'The release line that reads it; that which wrote the files without it.' }),
    compression: Flags.option({
      summary: 'How the snapshot is packed; servers before 3.6 read plain ones only.',
      options: ['none', 'gzip', 'snappy'] as const,
      default: 'none' as const,
    })(),
    ...ACCEPT_LOSS,
  }

  async run(): Promise<PlanResult | ChangeResult> {
    const { args, flags } = await this.parse(SnapshotBuild)
    checkConfirmed(flags, flags.output)
    const change = await planBuild({
      ...flags,
      place: args.place,
      logDir: flags['log-dir'],
      acceptLoss: flags['accept-loss'],
      juteMaxbuffer: flags['jute-maxbuffer'],
      signal: this.signal,
      progress: this.progress,
    })
    return this.change(change, flags)
  }
}
