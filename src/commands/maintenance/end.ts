import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { LIVE, liveOptions } from '../../cli/live-flags.ts'
import { endMaintenance, type MaintenanceResult } from '../../operations/health/maintenance.ts'
import { maintenanceText } from '../../render/maintenance.ts'

export default class MaintenanceEnd extends ZkopsCommand {
  static override summary = 'Say that the work on an ensemble is over.'
  static override description =
    'From now on health check tells everything at its full weight again. It ends what maintenance start or health silence began, and shows it. When nothing was going on, that is said, and the exit code is 0 as well.'
  static override examples = [
    { description: 'The work is done.', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'For scripts.', command: '<%= config.bin %> <%= command.id %> --json' },
  ]
  static override flags = {
    ...LIVE,
    state: Flags.string({ summary: 'The --state of the checks that are meant.', helpValue: '<file>' }),
  }

  async run(): Promise<MaintenanceResult> {
    const { flags } = await this.parse(MaintenanceEnd)
    const result = await endMaintenance({ ...liveOptions(flags), state: flags.state })
    this.print(maintenanceText(result))
    return result
  }
}
