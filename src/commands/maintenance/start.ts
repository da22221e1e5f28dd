import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { duration } from '../../cli/flags.ts'
import { LIVE, liveOptions } from '../../cli/live-flags.ts'
import { type MaintenanceResult, startMaintenance } from '../../operations/health/maintenance.ts'
import { maintenanceText } from '../../render/maintenance.ts'

export default class MaintenanceStart extends ZkopsCommand {
  static override summary = 'Say that an ensemble is worked on: how long, and why.'
  static override description =
    'It is the same as health silence: until it is over, what maintenance brings with it does not lower the verdict of health check, while lost quorum, no answer at all, two leaders and lost data always do. It ends by itself. If one was going on, the new one takes its place, and the old one is shown. It is kept beside the state of the checks on this machine, so it needs an ensemble of zkops.yaml or the same --state.'
  static override examples = [
    {
      description: 'An hour for a roll.',
      command: "<%= config.bin %> <%= command.id %> --for 1h --why 'kernel update, server by server'",
    },
    {
      description: 'For scripts.',
      command: "<%= config.bin %> <%= command.id %> --for 30m --why 'new disks' --json",
    },
  ]
  static override flags = {
    ...LIVE,
    for: duration({ summary: 'How long, seven days at most.', required: true }),
    why: Flags.string({ summary: 'What whoever sees it should know.', helpValue: '<text>', required: true }),
    state: Flags.string({ summary: 'The --state of the checks that are meant.', helpValue: '<file>' }),
  }

  async run(): Promise<MaintenanceResult> {
    const { flags } = await this.parse(MaintenanceStart)
    const { state, why } = flags
    const result = await startMaintenance({ ...liveOptions(flags), state, why, forMs: flags.for })
    this.print(maintenanceText(result))
    return result
  }
}
