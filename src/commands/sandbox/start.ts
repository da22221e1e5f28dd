import { zookeeperLine } from '../../cli/config-flags.ts'
import { ServerCommand } from '../../cli/server-command.ts'
import { type SandboxStatus, sandboxAct } from '../../operations/sandbox.ts'
import { sandboxText } from '../../render/sandbox.ts'

export default class SandboxStart extends ServerCommand {
  static override summary = 'Start servers of a sandbox that do not run.'
  static override description =
    'Starts them on their old data and waits until they serve, as far as there is a quorum. Without ids all servers.'
  static override examples = [
    { description: 'One server.', command: '<%= config.bin %> <%= command.id %> rehearsal 2' },
    { description: 'All of them.', command: '<%= config.bin %> <%= command.id %> rehearsal' },
  ]

  static override flags = {
    ...ServerCommand.flags,
    zookeeper: zookeeperLine({ summary: 'The release that they run from now on; the one of before without it.' }),
  }

  async run(): Promise<SandboxStatus> {
    const status = await sandboxAct('start', await this.options(SandboxStart))
    this.print(await sandboxText(status, this.stdoutTerminal.style))
    return status
  }
}
