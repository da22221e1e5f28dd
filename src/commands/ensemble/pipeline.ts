import { ZkopsCommand } from '../../cli/base-command.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { duration } from '../../cli/flags.ts'
import { LIVE, liveOptions } from '../../cli/live-flags.ts'
import { lookAtPipeline, type Pipeline } from '../../operations/ensemble/pipeline.ts'
import { pipelineText } from '../../render/ensemble-pipeline.ts'

export default class EnsemblePipeline extends ZkopsCommand {
  static override summary = 'Show where requests spend their time inside the servers, and which stage holds them up.'
  static override description =
    'Looks at the metrics of all members twice and shows, for what passed in between, how long requests waited and were worked on in each stage: let in, made a transaction, logged and flushed, acknowledged by a majority, committed, applied and answered. Names the stage that takes longest. Servers tell this from 3.6 on, by mntr or the AdminServer. Use it when latency is high: a slow disk shows in sync, slow followers in quorum, an overloaded leader in prep.'
  static override examples = [
    {
      description: 'What passes within two seconds.',
      command: '<%= config.bin %> <%= command.id %> --connect zk1:2181 --interval 2s',
    },
    { description: 'For a script.', command: '<%= config.bin %> <%= command.id %> --json --interval 1s' },
  ]
  static override flags = {
    ...LIVE,
    interval: duration({ summary: 'Between the two looks.', default: 5000, defaultHelp: async () => '5s' }),
  }

  async run(): Promise<Pipeline> {
    const { flags } = await this.parse(EnsemblePipeline)
    const result = await lookAtPipeline({ ...liveOptions(flags), intervalMs: flags.interval }, this.signal)
    this.print(pipelineText(result, this.stdoutTerminal.style))
    const nobody = result.members.every(({ state }) => state === 'down')
    process.exitCode = nobody ? ExitCode.Unreachable : result.findings.length > 0 ? ExitCode.Findings : ExitCode.Ok
    if (result.members.some(({ state }) => state === 'down')) this.endSoon()
    return result
  }
}
