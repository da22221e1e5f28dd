import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { DATA_DIRECTORY, DATA_PLACE } from '../../cli/data-flags.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { duration } from '../../cli/flags.ts'
import { LIVE, liveOptions } from '../../cli/live-flags.ts'
import { juteMaxbuffer } from '../../cli/log-flags.ts'
import type { ForecastResult } from '../../operations/forecast/forecast.ts'
import { forecast } from '../../operations/forecast/run.ts'
import { forecastText } from '../../render/health-forecast.ts'

const DAY_MS = 86_400_000

export default class HealthForecast extends ZkopsCommand {
  static override summary = 'What comes to its end, and in how many days.'
  static override description =
    'Says when, at the rate that was observed, the zxid counter is used up, counters of sequential children overflow, the disk is full, the snapshot has become too large for initLimit and the tree for the heap, and certificates end; and how sure that is. Of running members rates come from the state that health check keeps (an hour is a point, a week is kept), else from looking twice, --interval apart. Of a DIRECTORY they come from its logs and snapshots, and nobody is asked; give its zoo.cfg with --config for limits, heap and certificates. Nothing is written. Exit 1 when an end is near.'
  static override examples = [
    {
      description: 'Of an ensemble of zkops.yaml, by what its checks have seen.',
      command: '<%= config.bin %> <%= command.id %>',
    },
    {
      description: 'By looking twice.',
      command: '<%= config.bin %> <%= command.id %> --connect zk1:2181 --interval 2s',
    },
    {
      description: 'Of a data directory, for a script.',
      command: '<%= config.bin %> <%= command.id %> version-2 --json',
    },
  ]
  static override args = { directory: DATA_DIRECTORY }
  static override flags = {
    ...LIVE,
    'log-dir': DATA_PLACE['log-dir'],
    'jute-maxbuffer': juteMaxbuffer,
    state: Flags.string({ summary: 'The --state of the checks of these members.', helpValue: '<file>' }),
    interval: duration({ summary: 'Look at members twice, so far apart; 10s when no check has left a state.' }),
    'warn-before': duration({
      summary: 'So long before an end it is a warning; 7d for the zxid.',
      default: 30 * DAY_MS,
      defaultHelp: async () => '30d',
    }),
    'critical-before': duration({
      summary: 'So long before an end it is critical; 1d for the zxid.',
      default: 7 * DAY_MS,
      defaultHelp: async () => '7d',
    }),
  }

  async run(): Promise<ForecastResult> {
    const { args, flags } = await this.parse(HealthForecast)
    const result = await forecast({
      ...liveOptions(flags),
      directory: args.directory,
      logDir: flags['log-dir'],
      juteMaxbuffer: flags['jute-maxbuffer'],
      state: flags.state,
      intervalMs: flags.interval,
      days: { warn: flags['warn-before'] / DAY_MS, critical: flags['critical-before'] / DAY_MS },
      signal: this.signal,
      progress: this.progress,
    })
    this.print(await forecastText(result, this.stdoutTerminal.style))
    process.exitCode = exitCodeOf(result)
    return result
  }
}

function exitCodeOf({ status, ensemble }: ForecastResult): number {
  if (status === 'unknown') return ensemble === null ? ExitCode.Ok : ExitCode.Unreachable
  return status === 'ok' ? ExitCode.Ok : ExitCode.Findings
}
