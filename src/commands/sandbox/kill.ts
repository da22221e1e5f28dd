import { ServerCommand } from '../../cli/server-command.ts'
import { type SandboxStatus, sandboxAct } from '../../operations/sandbox.ts'
import { sandboxText } from '../../render/sandbox.ts'

export default class SandboxKill extends ServerCommand {
  static override summary = 'Kill servers of a sandbox, as a crash would.'
  static override description = 'SIGKILL: nothing is flushed, nothing is told to the others. Without ids all servers.'
  static override examples = [
    { description: 'One server.', command: '<%= config.bin %> <%= command.id %> rehearsal 2' },
    { description: 'All of them.', command: '<%= config.bin %> <%= command.id %> rehearsal' },
  ]

  async run(): Promise<SandboxStatus> {
    const status = await sandboxAct('kill', await this.options(SandboxKill))
    this.print(await sandboxText(status, this.stdoutTerminal.style))
    return status
  }
}
