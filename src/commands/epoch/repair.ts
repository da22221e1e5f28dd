import { ChangeCommand } from '../../cli/change-command.ts'
import { DATA_DIRECTORIES, DATA_PLACES } from '../../cli/data-flags.ts'
import { juteMaxbuffer } from '../../cli/log-flags.ts'
import { planEpochRepair } from '../../operations/epoch/repair.ts'
import type { ChangeResult, PlanResult } from '../../support/change.ts'

export default class EpochRepair extends ChangeCommand {
  static override summary = 'Write the epoch that the data of a member proves.'
  static override description =
    'For a member that refuses to start over its epoch files. currentEpoch gets the epoch of the last zxid, never more, and only after the snapshot and the logs behind it were restored without damage, gaps or digests that do not fit; acceptedEpoch is only ever raised. With the directories of other members it knows more: what they have been in is confirmed, what they accepted is kept. Refused while a server has the directory and where the data proves nothing. The old files stay in zkops-undo beside version-2. Where a server puts things right by itself there is nothing to do.'
  static override examples = [
    { description: 'What would be written.', command: '<%= config.bin %> <%= command.id %> members/1 --dry-run' },
    {
      description: 'Do it in a script, with what another member knows.',
      command: '<%= config.bin %> <%= command.id %> members/1 members/2 --execute',
    },
  ]
  static override strict = false
  static override args = { places: DATA_DIRECTORIES }
  static override flags = { ...DATA_PLACES, 'jute-maxbuffer': juteMaxbuffer }

  async run(): Promise<PlanResult | ChangeResult> {
    const { argv, flags } = await this.parse(EpochRepair)
    const change = await planEpochRepair({
      directories: argv as string[],
      config: flags.config,
      logDirs: flags['log-dir'],
      juteMaxbuffer: flags['jute-maxbuffer'],
      signal: this.signal,
      progress: this.progress,
    })
    return this.change(change, flags)
  }
}
