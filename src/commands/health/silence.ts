import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { duration } from '../../cli/flags.ts'
import { LIVE, liveOptions } from '../../cli/live-flags.ts'
import { type SilenceResult, silenceHealth } from '../../operations/health/silence.ts'
import { silenceText } from '../../render/health-text.ts'

export default class HealthSilence extends ZkopsCommand {
  static override summary = 'Tell health checks that maintenance is under way.'
  static override description =
    'Until it is over, what maintenance brings with it (members that are down, restarts, elections, slow answers) is told by health check, but no longer lowers its verdict. Lost quorum, no answer at all, two leaders, and data that is lost or differs are never silenced. It ends by itself. It is kept beside the state of the checks, so it needs an ensemble of zkops.yaml or the same --state. Without flags it shows whether one holds.'
  static override examples = [
    {
      description: 'For half an hour.',
      command: "<%= config.bin %> <%= command.id %> --for 30m --why 'kernel update, server by server'",
    },
    { description: 'Is there one?', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'End it now.', command: '<%= config.bin %> <%= command.id %> --end' },
  ]
  static override flags = {
    ...LIVE,
    for: duration({ summary: 'How long, seven days at most.', exclusive: ['end'] }),
    why: Flags.string({ summary: 'What whoever sees it should know.', helpValue: '<text>', dependsOn: ['for'] }),
    end: Flags.boolean({ summary: 'End it now.' }),
    state: Flags.string({ summary: 'The --state of the checks that are meant.', helpValue: '<file>' }),
  }

  async run(): Promise<SilenceResult> {
    const { flags } = await this.parse(HealthSilence)
    const { state, why, end } = flags
    const result = await silenceHealth({ ...liveOptions(flags), state, why, end, forMs: flags.for })
    this.print(silenceText(result))
    return result
  }
}
