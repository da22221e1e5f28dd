import { ZkopsCommand } from '../../cli/base-command.ts'
import { CLIENTS } from '../../cli/client-flags.ts'
import { exitCodeOfMembers } from '../../cli/exit-codes.ts'
import { liveOptions } from '../../cli/live-flags.ts'
import { type EnsembleConnections, ensembleConnections } from '../../operations/ensemble/clients/connections.ts'
import { connectionsText } from '../../render/ensemble-clients.ts'

export default class EnsembleConnectionsCommand extends ZkopsCommand {
  static override summary = 'Show which clients have how many connections, and how near to the limit that is.'
  static override description =
    'Asks all members for their connections (AdminServer, or the word cons on the plain and the TLS client port) and adds them up by the address of the client: connections, sessions, requests that wait, packets, since when, and with which members. One address may have maxClientCnxns connections with each client port of a member, 60 by default; from 80% on that is a finding. The connections by which it asks are left out. Use it when clients are refused, or to find who leaks connections.'
  static override examples = [
    { description: 'By one address.', command: '<%= config.bin %> <%= command.id %> --connect zk1:2181' },
    {
      description: 'The five busiest clients, for a script.',
      command: '<%= config.bin %> <%= command.id %> --top 5 --json',
    },
  ]
  static override flags = CLIENTS

  async run(): Promise<EnsembleConnections> {
    const { flags } = await this.parse(EnsembleConnectionsCommand)
    const result = await ensembleConnections({ ...liveOptions(flags), top: flags.top }, this.signal)
    this.print(connectionsText(result, this.stdoutTerminal.style))
    process.exitCode = exitCodeOfMembers(result)
    if (result.members.some(({ state }) => state === 'down')) this.endSoon()
    return result
  }
}
