import { ExitCode } from '../../cli/exit-codes.ts'
import { HEALTH } from '../../cli/health-flags.ts'
import { liveOptions } from '../../cli/live-flags.ts'
import { exitCodeOfStatus, NagiosCommand } from '../../cli/nagios-command.ts'
import { checkHealth, type HealthResult } from '../../operations/health/check.ts'
import { writeReport } from '../../operations/health/report-file.ts'
import { healthNagios } from '../../render/health-nagios.ts'
import { failedPrometheus, healthPrometheus } from '../../render/health-prometheus.ts'
import { healthText } from '../../render/health-text.ts'
import { jsonText } from '../../render/json.ts'

export default class HealthCheck extends NagiosCommand {
  static override summary = 'One verdict for an ensemble, for cron, Nagios, Prometheus, Kubernetes and people.'
  static override description =
    'Asks all members at the same time by whatever they allow, applies every rule that the answers permit and adds them up to ok, warning or critical: members that are down or do not serve, lost quorum, no spare voter, configurations, epochs and data that differ, latencies, limits, errors. What changes between two runs (restarts, elections, counters, a zxid that goes back) is seen with a state file, which is kept for ensembles of zkops.yaml and with --state; with --connect alone nothing is written. Exit code 0 ok, 1 otherwise, 4 when no member answers; with --format nagios 0, 1, 2 and 3. Nothing is created in the ensemble.'
  static override examples = [
    { description: 'By one address.', command: '<%= config.bin %> <%= command.id %> --connect zk1:2181' },
    {
      description: 'For Nagios, with a limit of its own.',
      command: '<%= config.bin %> <%= command.id %> --format nagios --warn avg-latency=80ms --state check.json',
    },
    {
      description: 'For the textfile collector of Prometheus.',
      command: '<%= config.bin %> <%= command.id %> --format prometheus --output zookeeper.prom && cat zookeeper.prom',
    },
    {
      description: 'From cron: silent while all is well.',
      command: '<%= config.bin %> <%= command.id %> --quiet --splay 1s --json',
    },
  ]
  static override flags = HEALTH

  async run(): Promise<HealthResult | undefined> {
    const { flags } = await this.parse(HealthCheck)
    const { state, server, local, output, format } = flags
    const lists = {
      only: flags.only ?? [],
      skip: flags.skip ?? [],
      warn: flags.warn ?? [],
      critical: flags.critical ?? [],
    }
    const more = { state, server, local, splayMs: flags.splay, signal: this.signal }
    let result: HealthResult
    try {
      result = await checkHealth({ ...liveOptions(flags), ...lists, ...more })
    } catch (error) {
      // a report that is left as it was looks healthy
      const cluster = flags.ensemble ?? flags.connect ?? flags.config ?? 'unknown'
      if (format === 'prometheus') await this.publish(failedPrometheus(cluster, Date.now()), output)
      throw error
    }
    process.exitCode = format === 'prometheus' ? ExitCode.Ok : exitCodeOfStatus(result, format)
    if (format === 'prometheus') await this.publish(healthPrometheus(result), output)
    else if (!flags.quiet || result.status !== 'ok') this.print(await this.text(result, format))
    if (result.members.some(({ state }) => state === 'down')) this.endSoon()
    return result
  }

  private async text(result: HealthResult, format: string): Promise<string> {
    if (format === 'nagios') return healthNagios(result)
    return format === 'json' ? jsonText(result) : healthText(result, this.stdoutTerminal.style)
  }

  private async publish(text: string, file: string | undefined): Promise<void> {
    if (file === undefined) this.print(text)
    else await writeReport(file, text)
  }
}
