import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { type SandboxDownResult, sandboxDown } from '../../operations/sandbox.ts'
import { sandboxDownText } from '../../render/sandbox.ts'

export default class SandboxDown extends ZkopsCommand {
  static override summary = 'End a sandbox and remove it.'
  static override description =
    'Ends all its servers and removes their files. It cleans up after a zkops that was killed, too. With --keep-data the servers end in order and the files stay.'
  static override examples = [
    {
      description: 'Keep the data directories to look at.',
      command: '<%= config.bin %> <%= command.id %> rehearsal --keep-data',
    },
    { description: 'Away with it.', command: '<%= config.bin %> <%= command.id %> other' },
  ]
  static override args = { name: Args.string({ description: 'the sandbox' }) }
  static override flags = { 'keep-data': Flags.boolean({ summary: 'Leave the files where they are.' }) }

  async run(): Promise<SandboxDownResult> {
    const { args, flags } = await this.parse(SandboxDown)
    const result = await sandboxDown(args.name, flags['keep-data'])
    this.print(sandboxDownText(result))
    return result
  }
}
