import * as Args from '@oclif/core/args'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { zookeeperLine } from '../../cli/config-flags.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { type DiffResult, diffConfigs } from '../../operations/zoo-cfg/diff.ts'
import { diffText } from '../../render/config-diff.ts'

export default class ConfigDiff extends ZkopsCommand {
  static override summary = 'Compare configurations by what they mean.'
  static override description =
    "Order, comments, spelling of equal values, which file the members stand in and defaults that are written out make no difference; what is left does. Takes two files, or two folders of members' folders, which are compared member by member. Flags in java.env beside the files count. Use it before a change is rolled out, and to see what drifted apart. Exit code 1 when they differ."
  static override examples = [
    { description: 'Two members.', command: '<%= config.bin %> <%= command.id %> members/1/zoo.cfg members/2/zoo.cfg' },
    {
      description: 'Two folders, for a script.',
      command: '<%= config.bin %> <%= command.id %> members members --json',
    },
  ]
  static override args = {
    first: Args.string({ description: "a configuration file, or a folder of members' folders", required: true }),
    second: Args.string({ description: 'what to compare it with', required: true }),
  }
  static override flags = {
    zookeeper: zookeeperLine({ summary: 'The release or line whose defaults hold; the newest without it.' }),
  }

  async run(): Promise<DiffResult> {
    const { args, flags } = await this.parse(ConfigDiff)
    const result = diffConfigs({ a: args.first, b: args.second, zookeeper: flags.zookeeper })
    this.print(diffText(result, this.stdoutTerminal.style))
    process.exitCode = result.verdict === 'equal' ? ExitCode.Ok : ExitCode.Findings
    return result
  }
}
