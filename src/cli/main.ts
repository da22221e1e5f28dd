import { Config } from '@oclif/core/config'
import { settings } from '@oclif/core/settings'
import { jsonText } from '../render/json.ts'
import { createStyle } from '../render/style.ts'
import { describeError } from './error-text.ts'
import { findId, helpText, unknownCommand } from './help.ts'
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
    const config = await Config.load({ root })
    const { id, rest } = findId(config, argv)
    if (isHelp(argv) || (id !== '' && config.findCommand(id) === undefined && config.findTopic(id) !== undefined)) {
      const words = argv.filter((word) => !HELP_FLAGS.includes(word))
      return writeAll(1, Buffer.from(await helpText(config, words)))
    }
    if (config.findCommand(id) === undefined) throw unknownCommand(config, argv)
    await config.runCommand(id, rest)
  } catch (error) {
    const described = describeError(error, { bin: 'zkops' })
    process.exitCode = described.exitCode
    if (argv.includes('--json')) writeAll(1, Buffer.from(jsonText(described.json)))
    const color = usesColor(process.stderr.isTTY === true, process.env, !argv.includes('--no-color'))
    writeAll(2, Buffer.from(described.text(createStyle({ color, unicode: usesUnicode(process.env) }))))
  }
}

function isHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return argv.length === 0 || (end === -1 ? argv : argv.slice(0, end)).some((word) => HELP_FLAGS.includes(word))
}
