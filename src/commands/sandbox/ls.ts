import { ZkopsCommand } from '../../cli/base-command.ts'
import { type SandboxList, sandboxLs } from '../../operations/sandbox.ts'
import { sandboxListText } from '../../render/sandbox.ts'

export default class SandboxLs extends ZkopsCommand {
  static override summary = 'List the sandboxes of this user.'
  static override description =
    'All sandboxes that were brought up and not taken down, whether their servers run or not.'
  static override examples = [
    { description: 'All of them.', command: '<%= config.bin %> <%= command.id %>' },
    { description: 'For a script.', command: '<%= config.bin %> <%= command.id %> --json' },
  ]

  async run(): Promise<SandboxList> {
    await this.parse(SandboxLs)
    const list = await sandboxLs({ progress: this.progress, signal: this.signal })
    this.print(await sandboxListText(list, this.stdoutTerminal.style))
    return list
  }
}
