import { ChangeCommand } from '../../cli/change-command.ts'
import { id64 } from '../../cli/flags.ts'
import { juteMaxbuffer, LOG_PLACES, output } from '../../cli/log-flags.ts'
import { planChop } from '../../operations/log-repair/chop.ts'
import type { ChangeResult, PlanResult } from '../../support/change.ts'

export default class LogChop extends ChangeCommand {
  static override summary = 'Copy logs up to and including a zxid.'
  static override description =
    'For going back to a moment: the new directory holds every transaction up to and including --to-zxid, each log named by its first zxid, and nothing behind it. The plan says exactly which transactions and znodes that drops. It is refused when no record has that zxid, or when the logs are damaged before it. The given logs are only read. Snapshots above the zxid must go as well before a server is started on the result.'
  static override examples = [
    {
      description: 'What would be kept and what would be dropped.',
      command: '<%= config.bin %> <%= command.id %> version-2 --to-zxid 0x190 --output chopped --dry-run',
    },
    {
      description: 'Do it, in a script.',
      command: '<%= config.bin %> <%= command.id %> version-2 --to-zxid 0x190 --output chopped --execute',
    },
  ]
  static override strict = false
  static override args = { files: LOG_PLACES }
  static override flags = {
    'to-zxid': id64({ summary: 'The last zxid to keep.', required: true }),
    output,
    'jute-maxbuffer': juteMaxbuffer,
  }

  async run(): Promise<PlanResult | ChangeResult> {
    const { argv, flags } = await this.parse(LogChop)
    const change = await planChop({
      places: argv as string[],
      toZxid: flags['to-zxid'],
      output: flags.output,
      juteMaxbuffer: flags['jute-maxbuffer'],
      signal: this.signal,
      progress: this.progress,
    })
    return this.change(change, flags)
  }
}
