import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { LIVE, liveOptions } from '../../cli/live-flags.ts'
import { checkNetwork, type NetworkCheck } from '../../operations/health/network/check.ts'
import { networkText } from '../../render/health-network.ts'

export default class HealthNetwork extends ZkopsCommand {
  static override summary = 'Find out which member reaches which port of which other one.'
  static override description =
    'Tries the client, quorum and election ports of all members, from this machine and, through the exec commands of zkops.yaml, from every member: a one-way firewall, a wrong address, a name that means something else on one host, a process that takes connections and answers nobody. Each port is tried once, by a TCP handshake that ends at once, and nothing is sent, so ports with TLS are not disturbed either; servers write a few lines about it to their logs. Only the leader listens on its quorum port: that others refuse there is as it must be. Use it when a member does not join, stays looking for a leader, or before members move.'
  static override examples = [
    {
      description: 'From this machine only, by one address.',
      command: '<%= config.bin %> <%= command.id %> --connect zk1:2181',
    },
    {
      description: 'From every member that zkops.yaml has an exec command for.',
      command: '<%= config.bin %> <%= command.id %> --json',
    },
  ]
  static override flags = {
    ...LIVE,
    here: Flags.boolean({ summary: 'Look from this machine only; nothing is run on members.' }),
  }

  async run(): Promise<NetworkCheck> {
    const { flags } = await this.parse(HealthNetwork)
    const result = await checkNetwork({ ...liveOptions(flags), hereOnly: flags.here }, this.signal)
    this.print(networkText(result, this.stdoutTerminal.style))
    const nobody = result.links.every(({ outcome }) => outcome !== 'open')
    process.exitCode = nobody ? ExitCode.Unreachable : result.verdict === 'ok' ? ExitCode.Ok : ExitCode.Findings
    if (result.members.some(({ state }) => state === 'down')) this.endSoon()
    return result
  }
}
