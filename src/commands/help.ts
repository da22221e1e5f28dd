import * as Args from '@oclif/core/args'
import { ZkopsCommand } from '../cli/base-command.ts'
import { EXIT_CODE_TABLE } from '../cli/exit-codes.ts'
import { helpText, loadConfig } from '../cli/help.ts'

/** Topics that are not commands. */
const TOPICS: Readonly<Record<string, () => string>> = {
  'exit-codes': () => EXIT_CODE_TABLE.map(([code, meaning]) => `${String(code).padStart(3)}  ${meaning}\n`).join(''),
}

export default class Help extends ZkopsCommand {
  static override summary = 'Show help for a command, a topic or the exit codes.'
  static override description =
    'The same as --help behind a command; besides the commands it knows the topic exit-codes, the one table that all commands keep.'
  static override examples = [
    { description: 'What every exit code means.', command: '<%= config.bin %> help exit-codes' },
    { description: 'The help of one command.', command: '<%= config.bin %> help log dump' },
  ]
  static override strict = false
  static override args = { topic: Args.string({ description: 'a command, a topic of commands, or exit-codes' }) }

  async run(): Promise<{ topic: string; text: string }> {
    const { argv } = await this.parse(Help)
    const words = argv as string[]
    const topic = words.join(' ')
    const text = TOPICS[topic]?.() ?? (await helpText(await loadConfig(this.config.root), words))
    this.print(text)
    return { topic, text }
  }
}
