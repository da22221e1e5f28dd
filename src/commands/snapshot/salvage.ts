import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { ACCEPT_LOSS, checkConfirmed } from '../../cli/accept-loss.ts'
import { ChangeCommand } from '../../cli/change-command.ts'
import { output } from '../../cli/log-flags.ts'
import { snapshotJuteMaxbuffer } from '../../cli/snapshot-flags.ts'
import { planSnapshotSalvage } from '../../operations/snapshot-salvage/salvage.ts'
import type { ChangeResult, PlanResult } from '../../support/change.ts'

export default class SnapshotSalvage extends ChangeCommand {
  static override summary = 'Repair a damaged snapshot: keep what is intact, fill what can be proved.'
  static override description =
    'For a snapshot that no server loads, when there is none better. Keeps every intact znode, finds the znodes behind damage again (in snappy files as well; what follows damage in a gzip file cannot be unpacked), puts the damaged bytes aside and says what is lost. With older snapshots (--from) and logs what is missing is filled in, if that is proved: by logs that lead from the older snapshot to this one without a hole, or by the digest that the snapshot or the log stores. "Proved complete" is said only when that digest, or a seal, is met again; a tree that is not complete is for a look and for taking data out, not for a member of an ensemble. Intact znodes whose parents are lost go into a file that zkops snapshot dump reads. The result is a data directory that a server starts from. When the root or access lists are lost it is refused, unless the loss is accepted. The given files are only read.'
  static override examples = [
    {
      description: 'What can be saved.',
      command: '<%= config.bin %> <%= command.id %> damaged/snapshot.184 --output salvaged --dry-run',
    },
    {
      description: 'Save it, and fill what is lost from older snapshots and the logs.',
      command:
        '<%= config.bin %> <%= command.id %> damaged/snapshot.184 --from backup/snapshot.49 --logs version-2 --output salvaged --execute',
    },
  ]
  static override args = {
    file: Args.string({ description: 'damaged snapshot, or - for standard input', required: true }),
  }
  static override flags = {
    from: Flags.string({
      summary: 'Older snapshots, or directories of them, to fill what is lost.',
      helpValue: '<path>',
      multiple: true,
    }),
    logs: Flags.string({ summary: 'Where the logs lie that lead from there to this one.', helpValue: '<dir>' }),
    output,
    myid: Flags.integer({ summary: 'Id of the server that the directory is for.', min: 0, max: 255 }),
    'jute-maxbuffer': snapshotJuteMaxbuffer,
    ...ACCEPT_LOSS,
  }

  async run(): Promise<PlanResult | ChangeResult> {
    const { args, flags } = await this.parse(SnapshotSalvage)
    checkConfirmed(flags, flags.output)
    const change = await planSnapshotSalvage({
      ...flags,
      file: args.file,
      from: flags.from ?? [],
      logs: flags.logs === undefined ? [] : [flags.logs],
      acceptLoss: flags['accept-loss'],
      juteMaxbuffer: flags['jute-maxbuffer'],
      signal: this.signal,
      progress: this.progress,
    })
    return this.change(change, flags)
  }
}
