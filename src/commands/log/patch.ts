import * as Flags from '@oclif/core/flags'
import { ChangeCommand } from '../../cli/change-command.ts'
import { juteMaxbuffer, LOG_PLACES, output } from '../../cli/log-flags.ts'
import { planPatch } from '../../operations/log-repair/patch.ts'
import type { ChangeResult, PlanResult } from '../../support/change.ts'

export default class LogPatch extends ChangeCommand {
  static override summary = "Fill holes in logs with another member's records."
  static override description =
    "Reads the logs as salvage does and fills each hole, whether damaged or missing, from a peer's logs, but only where the records on both sides of the hole are byte for byte the same there and everything between them follows without a gap: anything else would mix two histories. The given logs are only read. Holes that no peer can fill stay, and are said."
  static override examples = [
    {
      description: 'What a healthy member could fill.',
      command: '<%= config.bin %> <%= command.id %> damaged/log.1 --from version-2 --output patched --dry-run',
    },
    {
      description: 'Fill it.',
      command: '<%= config.bin %> <%= command.id %> damaged/log.1 --from version-2 --output patched --execute',
    },
  ]
  static override strict = false
  static override args = { files: LOG_PLACES }
  static override flags = {
    from: Flags.string({
      summary: 'Logs or directories of other members, one for each peer.',
      required: true,
      multiple: true,
      helpValue: '<peer>',
    }),
    output,
    'jute-maxbuffer': juteMaxbuffer,
  }

  async run(): Promise<PlanResult | ChangeResult> {
    const { argv, flags } = await this.parse(LogPatch)
    const change = await planPatch({
      places: argv as string[],
      peers: flags.from,
      output: flags.output,
      juteMaxbuffer: flags['jute-maxbuffer'],
      signal: this.signal,
      progress: this.progress,
    })
    return this.change(change, flags)
  }
}
