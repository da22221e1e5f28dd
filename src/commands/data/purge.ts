import * as Flags from '@oclif/core/flags'
import { ChangeCommand } from '../../cli/change-command.ts'
import { DATA_DIRECTORY, DATA_PLACE } from '../../cli/data-flags.ts'
import { duration } from '../../cli/flags.ts'
import { juteMaxbuffer } from '../../cli/log-flags.ts'
import { planPurge } from '../../operations/data-dir/purge.ts'
import type { ChangeResult, PlanResult } from '../../support/change.ts'

export default class DataPurge extends ChangeCommand {
  static override summary = 'Delete old snapshots and logs that no moment of a window needs.'
  static override description =
    'In the place of autopurge and PurgeTxnLog, which count snapshots without reading them and may delete the only good one. Here a snapshot counts when it is valid in full and a server loads it, and the logs behind it are readable and without a hole up to their end; --keep counts them, --keep-for keeps every moment of that time restorable. Too few that count: nothing goes. Damaged logs: refused, what is older may be needed. Files that no server named are never touched. Made for cron on live servers (--execute): like autopurge it deletes only what lies below the oldest snapshot that is kept, snapshots before logs, and stops at a file that some process has open.'
  static override examples = [
    { description: 'What would go.', command: '<%= config.bin %> <%= command.id %> members/2 --keep 1 --dry-run' },
    {
      description: 'Every night, so that each moment of a week can be restored.',
      command: '<%= config.bin %> <%= command.id %> members/2 --keep-for 7d --execute',
    },
  ]
  static override args = { directory: DATA_DIRECTORY }
  static override flags = {
    ...DATA_PLACE,
    keep: Flags.integer({
      summary: 'How many snapshots that count are kept.',
      min: 1,
      exclusive: ['keep-for'],
    }),
    'keep-for': duration({ summary: 'How far back every moment can be restored.' }),
    'jute-maxbuffer': juteMaxbuffer,
  }

  async run(): Promise<PlanResult | ChangeResult> {
    const { args, flags } = await this.parse(DataPurge)
    const change = await planPurge({
      directory: args.directory,
      config: flags.config,
      logDir: flags['log-dir'],
      keep: flags.keep,
      keepForMs: flags['keep-for'],
      juteMaxbuffer: flags['jute-maxbuffer'],
      signal: this.signal,
      progress: this.progress,
    })
    return this.change(change, flags)
  }
}
