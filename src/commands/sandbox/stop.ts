import { ServerCommand } from '../../cli/server-command.ts'
import { type SandboxStatus, sandboxAct } from '../../operations/sandbox.ts'
import { sandboxText } from '../../render/sandbox.ts'

export default class SandboxStop extends ServerCommand {
  static override summary = 'Stop servers of a sandbox in order.'
  static override description =
    'Ends them with SIGTERM and waits until they are gone, as a service manager does. Without ids all servers. sandbox start brings them back with their data.'
  static override examples = [
    { description: 'One server.', command: '<%= config.bin %> <%= command.id %> rehearsal 2' },
    { description: 'All of them.', command: '<%= config.bin %> <%= command.id %> rehearsal' },
  ]

  async run(): Promise<SandboxStatus> {
    const status = await sandboxAct('stop', await this.options(SandboxStop))
    this.print(await sandboxText(status, this.stdoutTerminal.style))
    return status
  }
}
