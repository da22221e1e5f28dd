import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import { ChangeCommand } from '../../cli/change-command.ts'
import { zookeeperLine } from '../../cli/config-flags.ts'
import { type ConvertedFile, planConvert } from '../../operations/convert-config.ts'
import { convertedText } from '../../render/config-convert.ts'
import { stepsText } from '../../render/config-steps.ts'
import type { ChangeResult, PlanResult } from '../../support/change.ts'

export default class ConfigConvert extends ChangeCommand {
  static override summary = 'Convert configurations: for another release, to a dynamic file or back.'
  static override description =
    'Changes only what has to change: names that no server reads get the right ones, keys that work as JVM flags only go to java.env, keys that are gone go, values that newer servers refuse are put as older ones took them, server lines get the client address that 3.5 and later want there. --to dynamic takes the members out of zoo.cfg into a file that servers keep, --to static takes them back. Comments, order and everything else stay; the old files are kept. What a server of the release would not take is refused. The order in which the files get onto the members is said at the end. Use it before an upgrade.'
  static override examples = [
    {
      description: 'What an upgrade to 3.9 wants.',
      command: '<%= config.bin %> <%= command.id %> conf/zoo.cfg --zookeeper 3.9 --dry-run',
    },
    {
      description: 'All members to dynamic files, in a folder of their own.',
      command: '<%= config.bin %> <%= command.id %> members --to dynamic --output converted --execute',
    },
  ]
  static override args = {
    config: Args.string({ description: "a zoo.cfg, or a folder of members' folders", required: true }),
  }
  static override flags = {
    zookeeper: zookeeperLine({ summary: 'The release or line that the servers will have; the newest without it.' }),
    to: Flags.option({
      summary: 'Members in a dynamic file, or in zoo.cfg; where they are without it.',
      options: ['dynamic', 'static'] as const,
    })(),
    output: Flags.string({ summary: 'A folder for the files; in place without it.', helpValue: '<dir>' }),
    'conf-dir': Flags.string({
      summary: 'Where the files will lie on the members; where they lie, with --output /etc/zookeeper.',
      helpValue: '<dir>',
    }),
  }

  async run(): Promise<(PlanResult | ChangeResult) & { members: readonly ConvertedFile[]; order: readonly string[] }> {
    const { args, flags } = await this.parse(ConfigConvert)
    const { change, diffs, members, order } = planConvert({
      ...{ place: args.config, zookeeper: flags.zookeeper, layout: flags.to ?? 'as-is' },
      ...{ output: flags.output, confDir: flags['conf-dir'] },
    })
    this.print(convertedText(members, diffs, this.stdoutTerminal.style))
    const result = await this.change(change, flags)
    this.print(stepsText('How to bring them onto the members', order))
    return { ...result, members, order }
  }
}
