import { Config } from '@oclif/core/config'
import { Help } from '@oclif/core/help'
import { settings } from '@oclif/core/settings'
import { didYouMean } from '../support/did-you-mean.ts'
import { ZkopsError } from '../support/errors.ts'
import { findCommand } from './find-command.ts'

/** oclif's help, collected as text instead of printed. */
class TextHelp extends Help {
  text = ''

  protected override log(...args: string[]): void {
    this.text += `${args.join(' ')}\n`
  }
}

/** oclif's full configuration: all commands and topics of the manifest. */
export async function loadConfig(root: string): Promise<Config> {
  settings.enableAutoTranspile = false
  return Config.load({ root })
}

/**
 * The help of the command or topic that `words` name, of zkops itself when there are none.
 * Throws `usage.unknown-command` with a suggestion when there is no such command.
 */
export async function helpText(config: Config, words: readonly string[]): Promise<string> {
  const id = findCommand(config.commandIDs, words).id ?? words.join(':')
  const command = config.findCommand(id)
  if (id !== '' && command === undefined && config.findTopic(id) === undefined) throw unknownCommand(config, words)
  const help = new TextHelp(config)
  // showHelp takes the word help for itself
  if (command !== undefined) await help.showCommandHelp(command)
  else await help.showHelp(id === '' ? [] : [id])
  return help.text
}

function unknownCommand(config: Config, argv: readonly string[]): ZkopsError {
  const firstFlag = argv.findIndex((word) => word.startsWith('-'))
  const words = argv.slice(0, firstFlag === -1 ? argv.length : firstFlag)
  if (words.length === 0) return new ZkopsError('usage', `zkops has no flag ${argv[0]}`, { hint: 'See zkops --help.' })
  const typed = words.join(' ')
  const known = [...config.commandIDs, ...config.topics.map((topic) => topic.name)].map((id) => id.replaceAll(':', ' '))
  const nearest =
    didYouMean(typed, known) ?? didYouMean(words.slice(0, 2).join(' '), known) ?? didYouMean(words[0]!, known)
  return new ZkopsError('usage.unknown-command', `zkops has no command "${typed}"`, {
    hint: nearest === undefined ? 'See zkops --help.' : `Did you mean zkops ${nearest}?`,
  })
}
