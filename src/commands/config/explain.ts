import * as Args from '@oclif/core/args'
import { ZkopsCommand } from '../../cli/base-command.ts'
import { zookeeperLine } from '../../cli/config-flags.ts'
import { type ExplainResult, explainConfig } from '../../operations/zoo-cfg/explain.ts'
import { explainText } from '../../render/config-explain.ts'

export default class ConfigExplain extends ZkopsCommand {
  static override summary = 'Tell what a key means, or which values hold for a file and why.'
  static override description =
    'For a key: what it does, its type, its default in each release line, since when it exists and where it can be set. For a configuration file: every value that a server would use, from the file, from flags in java.env beside it, derived from others or by default, and what is written down but not used. Without an argument all keys are listed.'
  static override examples = [
    { description: 'A key.', command: '<%= config.bin %> <%= command.id %> syncLimit' },
    {
      description: 'What holds for a file on 3.8.',
      command: '<%= config.bin %> <%= command.id %> conf/zoo.cfg --zookeeper 3.8',
    },
  ]
  static override args = { subject: Args.string({ description: 'a key, or a configuration file' }) }
  static override flags = {
    zookeeper: zookeeperLine({ summary: 'The release or line whose defaults hold; the newest without it.' }),
  }

  async run(): Promise<ExplainResult> {
    const { args, flags } = await this.parse(ConfigExplain)
    const result = explainConfig({ subject: args.subject, zookeeper: flags.zookeeper })
    this.print(explainText(result, this.stdoutTerminal.style))
    return result
  }
}
