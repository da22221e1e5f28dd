import { ServerCommand } from '../../cli/server-command.ts'
import { type SandboxStatus, sandboxAct } from '../../operations/sandbox.ts'
import { sandboxText } from '../../render/sandbox.ts'

export default class SandboxResume extends ServerCommand {
  static override summary = 'Let frozen servers of a sandbox go on.'
  static override description = 'SIGCONT for servers that sandbox pause has frozen. Without ids all servers.'
  static override examples = [
    { description: 'One server.', command: '<%= config.bin %> <%= command.id %> rehearsal 2' },
    { description: 'All of them.', command: '<%= config.bin %> <%= command.id %> rehearsal' },
  ]

  async run(): Promise<SandboxStatus> {
    const status = await sandboxAct('resume', await this.options(SandboxResume))
    this.print(await sandboxText(status, this.stdoutTerminal.style))
    return status
  }
}
