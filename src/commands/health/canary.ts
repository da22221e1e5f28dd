import { CANARY } from '../../cli/health-flags.ts'
import { liveContext, liveOptions } from '../../cli/live-flags.ts'
import { exitCodeOfStatus, NagiosCommand } from '../../cli/nagios-command.ts'
import { type CanaryResult, runCanary } from '../../operations/health/canary/run.ts'
import { canaryText } from '../../render/health-canary.ts'
import { canaryNagios } from '../../render/health-nagios.ts'
import { jsonText } from '../../render/json.ts'

export default class HealthCanary extends NagiosCommand {
  static override summary = 'Do on every member what clients do: create, read elsewhere, be told of a change, delete.'
  static override description =
    'Opens a session with each member, makes an ephemeral znode there, reads it on another member after sync, changes it under a watch of that one, and deletes it; each step is timed. It leaves nothing: not when it is interrupted, and what a killed run leaves goes with its session or is removed by the next run. Nodes of others, and of a canary that still runs, are never touched. Unlike all checks it writes, a few transactions for each member; it needs the native client. With --performance many rounds are judged by percentiles, PASS or FAIL; all members are written to at the same time. Limits come from the inventory (thresholds: canary-create and the like), then from --warn and --critical. Exit code 0 ok, 1 otherwise, 4 when no member answers.'
  static override examples = [
    { description: 'By one address.', command: '<%= config.bin %> <%= command.id %> --connect zk1:2181' },
    {
      description: 'Fast enough? For a script.',
      command: '<%= config.bin %> <%= command.id %> --performance --rounds 20 --warn create-p99=2s --json',
    },
    {
      description: 'For Nagios.',
      command: '<%= config.bin %> <%= command.id %> --format nagios --warn create=800ms --critical create=3s',
    },
  ]
  static override flags = CANARY

  async run(): Promise<CanaryResult> {
    const { flags } = await this.parse(HealthCanary)
    const { parent, rounds = 50, format, warn = [], critical = [] } = flags
    const options = {
      ...liveOptions(flags),
      parent,
      warn,
      critical,
      performance: flags.performance ? rounds : undefined,
    }
    const result = await runCanary(options, liveContext(this.signal))
    process.exitCode = exitCodeOfStatus(result, format)
    if (!flags.quiet || result.status !== 'ok') this.print(await this.text(result, format))
    if (result.members.some(({ state }) => state === 'down')) this.endSoon()
    return result
  }

  private async text(result: CanaryResult, format: string): Promise<string> {
    if (format === 'nagios') return canaryNagios(result)
    return format === 'json' ? jsonText(result) : canaryText(result, this.stdoutTerminal.style)
  }
}
