import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { StreamCommand } from '../../cli/base-command.ts'
import { sandboxLogs } from '../../operations/sandbox.ts'

export default class SandboxLogs extends StreamCommand {
  static override summary = "Print a sandbox server's own log."
  static override description =
    'What the server printed since it was first started: the place to look when it does not come up. With --follow it goes on until you interrupt it.'
  static override examples = [
    { description: 'The log of server 1.', command: '<%= config.bin %> <%= command.id %> rehearsal 1' },
    { description: 'Its errors.', command: '<%= config.bin %> <%= command.id %> rehearsal server.1 | grep -c INFO' },
  ]
  static override strict = false
  static override args = { name: Args.string({ description: 'the sandbox, then the server' }) }
  static override flags = { follow: Flags.boolean({ char: 'f', summary: 'Go on as it grows.' }) }
  protected override readonly instead = 'the text as it is'

  async run(): Promise<void> {
    const { argv, flags } = await this.parse(SandboxLogs)
    for await (const piece of sandboxLogs(argv as string[], { follow: flags.follow, signal: this.signal })) {
      this.output.write(piece)
      this.output.flush()
    }
  }
}
