import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { zookeeperLine } from '../../cli/config-flags.ts'
import { ExitCode } from '../../cli/exit-codes.ts'
import { RUNNING, runningOptions } from '../../cli/live-flags.ts'
import { type DiffResult, diffConfigs, diffRunning } from '../../operations/zoo-cfg/diff.ts'
import { diffText } from '../../render/config-diff.ts'
import { ZkopsError } from '../../support/errors.ts'

export default class ConfigDiff extends ZkopsCommand {
  static override summary = 'Compare configurations by what they mean.'
  static override description =
    "Order, comments, spelling of equal values, which file the members stand in and defaults that are written out make no difference; what is left does. Takes two files, or two folders of members' folders, which are compared member by member. Flags in java.env beside the files count. With --live one file is held against what a running member says it runs with. Use it before a change is rolled out, and to see what drifted apart. Exit code 1 when they differ."
  static override examples = [
    { description: 'Two members.', command: '<%= config.bin %> <%= command.id %> members/1/zoo.cfg members/2/zoo.cfg' },
    {
      description: 'Two folders, for a script.',
      command: '<%= config.bin %> <%= command.id %> members members --json',
    },
  ]
  static override args = {
    first: Args.string({ description: "a configuration file, or a folder of members' folders", required: true }),
    second: Args.string({ description: 'what to compare it with; left out with --live' }),
  }
  static override flags = {
    zookeeper: zookeeperLine({ summary: 'The release or line whose defaults hold; the newest without it.' }),
    live: Flags.string({
      summary:
        'Compare with this running member: its id among those of --ensemble, --connect or the file, or host:port.',
      helpValue: '<member>',
    }),
    ...RUNNING,
  }

  async run(): Promise<DiffResult> {
    const { args, flags } = await this.parse(ConfigDiff)
    const result = await this.compare(args.first, args.second, flags)
    this.print(diffText(result, this.stdoutTerminal.style))
    process.exitCode = result.verdict === 'equal' ? ExitCode.Ok : ExitCode.Findings
    return result
  }

  private compare(a: string, b: string | undefined, flags: CompareFlags): DiffResult | Promise<DiffResult> {
    const { live: member, zookeeper, timeout: timeoutMs } = flags
    if ((member === undefined) === (b === undefined)) {
      throw new ZkopsError('usage', 'Compare it with what? Give a second configuration or --live, one of them')
    }
    if (member === undefined) return diffConfigs({ a, b: b!, zookeeper })
    return diffRunning({ a, member, zookeeper, options: runningOptions(flags), timeoutMs }, this.signal)
  }
}

type CompareFlags = Parameters<typeof runningOptions>[0] & {
  readonly live: string | undefined
  readonly zookeeper: string | undefined
}
