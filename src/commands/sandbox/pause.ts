import { ServerCommand } from '../../cli/server-command.ts'
import { type SandboxStatus, sandboxAct } from '../../operations/sandbox.ts'
import { sandboxText } from '../../render/sandbox.ts'

export default class SandboxPause extends ServerCommand {
  static override summary = 'Freeze servers of a sandbox.'
  static override description =
    'SIGSTOP: the process is there, its ports accept connections, and nothing answers; the nastiest way for a server to fail. Without ids all servers.'
  static override examples = [
    { description: 'One server.', command: '<%= config.bin %> <%= command.id %> rehearsal 2' },
    { description: 'All of them.', command: '<%= config.bin %> <%= command.id %> rehearsal' },
  ]

  async run(): Promise<SandboxStatus> {
    const status = await sandboxAct('pause', await this.options(SandboxPause))
    this.print(await sandboxText(status, this.stdoutTerminal.style))
    return status
  }
}
