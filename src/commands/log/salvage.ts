import { ChangeCommand } from '../../cli/change-command.ts'
import { juteMaxbuffer, LOG_PLACES, output } from '../../cli/log-flags.ts'
import { planSalvage } from '../../operations/log-repair/salvage.ts'
import type { ChangeResult, PlanResult } from '../../support/change.ts'

export default class LogSalvage extends ChangeCommand {
  static override summary = 'Write what is valid in damaged logs into new ones.'
  static override description =
    'Finds valid records again behind damage, writes all of them in order into logs that a server reads, puts the damaged bytes aside with their offsets, and says exactly which zxids are lost or unknown. A record is taken only when the checksum that is stored for it fits; none is recomputed. The given logs are only read. A server on logs with a hole serves wrong data: fill it from another member with zkops log patch, or let the member resync.'
  static override examples = [
    {
      description: 'What can be saved.',
      command: '<%= config.bin %> <%= command.id %> damaged/log.1 --output salvaged --dry-run',
    },
    {
      description: 'Save it.',
      command: '<%= config.bin %> <%= command.id %> damaged/log.1 --output salvaged --execute',
    },
  ]
  static override strict = false
  static override args = { files: LOG_PLACES }
  static override flags = { output, 'jute-maxbuffer': juteMaxbuffer }

  async run(): Promise<PlanResult | ChangeResult> {
    const { argv, flags } = await this.parse(LogSalvage)
    const change = await planSalvage({
      places: argv as string[],
      output: flags.output,
      juteMaxbuffer: flags['jute-maxbuffer'],
      signal: this.signal,
      progress: this.progress,
    })
    return this.change(change, flags)
  }
}
