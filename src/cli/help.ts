import type { Config } from '@oclif/core/config'
import { Help } from '@oclif/core/help'
import { didYouMean } from '../support/did-you-mean.ts'
import { ZkopsError } from '../support/errors.ts'

/** oclif's help, collected as text instead of printed. */
class TextHelp extends Help {
  text = ''

  protected override log(...args: string[]): void {
    this.text += `${args.join(' ')}\n`
  }
}

/**
 * The help of the command or topic that `words` name, of zkops itself when there are none.
 * Throws `usage.unknown-command` with a suggestion when there is no such command.
 */
export async function helpText(config: Config, words: readonly string[]): Promise<string> {
  const { id } = findId(config, words)
  if (id !== '' && config.findCommand(id) === undefined && config.findTopic(id) === undefined) {
    throw unknownCommand(config, words)
  }
  const help = new TextHelp(config)
  await help.showHelp(id === '' ? [] : [id])
  return help.text
}

/** The longest run of leading words that names a command, joined with `:`, and what follows it; else all words. */
export function findId(config: Config, argv: readonly string[]): { id: string; rest: string[] } {
  const words = leadingWords(argv)
  for (let n = words.length; n > 0; n--) {
    const id = words.slice(0, n).join(':')
    if (config.findCommand(id) !== undefined) return { id, rest: argv.slice(n) }
  }
  return { id: words.join(':'), rest: [] }
}

export function unknownCommand(config: Config, argv: readonly string[]): ZkopsError {
  const words = leadingWords(argv)
  const typed = words.length === 0 ? argv[0]! : words.join(' ')
  const known = [...config.commandIDs, ...config.topics.map((topic) => topic.name)].map((id) => id.replaceAll(':', ' '))
  const nearest =
    didYouMean(typed, known) ?? didYouMean(words.slice(0, 2).join(' '), known) ?? didYouMean(words[0] ?? '', known)
  return new ZkopsError('usage.unknown-command', `zkops has no command "${typed}"`, {
    hint: nearest === undefined ? 'See zkops --help.' : `Did you mean zkops ${nearest}?`,
  })
}

function leadingWords(argv: readonly string[]): readonly string[] {
  const firstFlag = argv.findIndex((word) => word.startsWith('-'))
  return argv.slice(0, firstFlag === -1 ? argv.length : firstFlag)
}
