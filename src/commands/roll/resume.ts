import * as Flags from '@oclif/core/flags'
import { LIVE, liveOptions } from '../../cli/live-flags.ts'
import { RollCommand } from '../../cli/roll-command.ts'
import { prepareResume } from '../../operations/roll/resume.ts'
import type { ChangeResult, PlanResult } from '../../support/change.ts'

export default class RollResume extends RollCommand {
  static override summary = 'Go on with a roll that was interrupted, or that stopped.'
  static override description =
    'Members that are done are left alone: its journal tells them, and of the one that was being restarted its process tells whether it was (pid and start time on this machine, else its counters). The rest goes on as the roll was begun, with the same commands and pauses and through the same gates. Refused (5) while its process still works, and when the members have changed in between.'
  static override examples = [
    { description: 'What is left to do.', command: '<%= config.bin %> <%= command.id %> --dry-run' },
    { description: 'Go on.', command: '<%= config.bin %> <%= command.id %> --ensemble prod --execute' },
  ]
  static override flags = {
    ...LIVE,
    journal: Flags.string({
      summary: 'The id of a roll, from roll status; the newest that is not finished without it.',
      helpValue: '<id>',
    }),
  }

  async run(): Promise<PlanResult | ChangeResult> {
    const { flags } = await this.parse(RollResume)
    const options = { live: liveOptions(flags), journal: flags.journal }
    return this.carryOut(await prepareResume(options, this.context), flags)
  }
}
