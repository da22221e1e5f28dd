import { Config } from '@oclif/core/config'
import { loadHelpClass } from '@oclif/core/help'
import { settings } from '@oclif/core/settings'
import { jsonText } from '../render/json.ts'
import { createStyle } from '../render/style.ts'
import { didYouMean } from '../support/did-you-mean.ts'
import { systemErrorCode, ZkopsError } from '../support/errors.ts'
import { describeError } from './error-text.ts'
import { writeAll } from './stdout.ts'
import { usesColor, usesUnicode } from './terminal.ts'

const HELP_FLAGS = ['--help', '-h']

/**
 * Runs one command line. Everything that goes wrong before a command exists (unknown command, broken installation) is
 * answered here in the same form as in ZkopsCommand.catch.
 */
export async function main(argv: readonly string[], root: string): Promise<void> {
  settings.enableAutoTranspile = false
  try {
    const config = await Config.load({ root, version: undefined as never })
    if (argv.length === 0 || isHelp(argv)) return await showHelp(config, argv)
    const { id, rest } = findId(config, argv)
    if (config.findCommand(id) !== undefined) return void (await config.runCommand(id, rest))
    if (config.findTopic(id) !== undefined) return await showHelp(config, [id])
    throw unknownCommand(config, argv)
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIT') throw error
    const described = describeError(error, { bin: 'zkops' })
    process.exitCode = described.exitCode
    if (argv.includes('--json')) writeAll(1, Buffer.from(jsonText(described.json)))
    const color = usesColor(process.stderr.isTTY === true, process.env, !argv.includes('--no-color'))
    writeAll(2, Buffer.from(described.text(createStyle({ color, unicode: usesUnicode(process.env) }))))
  }
}

function isHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).some((word) => HELP_FLAGS.includes(word))
}

async function showHelp(config: Config, argv: readonly string[]): Promise<void> {
  const Help = await loadHelpClass(config)
  const { id } = findId(
    config,
    argv.filter((word) => !HELP_FLAGS.includes(word)),
  )
  const known = id === '' || config.findCommand(id) !== undefined || config.findTopic(id) !== undefined
  if (!known) throw unknownCommand(config, argv)
  await new Help(config).showHelp(id === '' ? [] : [id])
}

/** The longest run of leading words that names a command or topic, joined with `:`; else all of them. */
function findId(config: Config, argv: readonly string[]): { id: string; rest: string[] } {
  const firstFlag = argv.findIndex((word) => word.startsWith('-'))
  const words = argv.slice(0, firstFlag === -1 ? argv.length : firstFlag)
  for (let n = words.length; n > 0; n--) {
    const id = words.slice(0, n).join(':')
    if (config.findCommand(id) !== undefined) return { id, rest: argv.slice(n) }
  }
  return { id: words.join(':'), rest: [] }
}

function unknownCommand(config: Config, argv: readonly string[]): ZkopsError {
  const firstFlag = argv.findIndex((word) => word.startsWith('-'))
  const words = argv.slice(0, firstFlag === -1 ? argv.length : firstFlag)
  const typed = words.length === 0 ? argv[0]! : words.join(' ')
  const known = [...config.commandIDs, ...config.topics.map((topic) => topic.name)].map((id) => id.replaceAll(':', ' '))
  const nearest =
    didYouMean(typed, known) ?? didYouMean(words.slice(0, 2).join(' '), known) ?? didYouMean(words[0] ?? '', known)
  return new ZkopsError('usage.unknown-command', `zkops has no command "${typed}"`, {
    hint: nearest === undefined ? 'See zkops --help.' : `Did you mean zkops ${nearest}?`,
  })
}
