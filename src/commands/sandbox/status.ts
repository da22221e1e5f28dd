import * as Args from '@oclif/core/args'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { type SandboxStatus, sandboxStatus } from '../../operations/sandbox.ts'
import { sandboxText } from '../../render/sandbox.ts'

export default class SandboxStatusCommand extends ZkopsCommand {
  static override summary = 'Show the servers of a sandbox and what they do.'
  static override description =
    'Each server with its role, state (leading, following, observing, standalone, looking, starting, paused, down), process, ports and directories, and the connect string. The name may be left out when there is one sandbox only.'
  static override examples = [
    { description: 'One sandbox.', command: '<%= config.bin %> <%= command.id %> rehearsal' },
    { description: 'Its connect string.', command: '<%= config.bin %> <%= command.id %> rehearsal --json' },
  ]
  static override args = { name: Args.string({ description: 'the sandbox' }) }

  async run(): Promise<SandboxStatus> {
    const { args } = await this.parse(SandboxStatusCommand)
    const status = await sandboxStatus(args.name, { progress: this.progress, signal: this.signal })
    this.print(await sandboxText(status, this.stdoutTerminal.style))
    return status
  }
}
