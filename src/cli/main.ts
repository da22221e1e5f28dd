import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from '@oclif/core/command'
import { jsonText } from '../render/json.ts'
import { createStyle } from '../render/style.ts'
import { describeError } from './error-text.ts'
import { findCommand } from './find-command.ts'
import { QuickConfig } from './quick-config.ts'
import { writeAll } from './stdout.ts'
import { usesColor, usesUnicode } from './terminal.ts'

const HELP_FLAGS = ['--help', '-h']

interface Manifest {
  readonly commands: Readonly<Record<string, { readonly relativePath: readonly string[] }>>
}

/**
 * Runs one command line. A known command goes the short way: only its own module is loaded. Everything else (help,
 * topics, unknown commands) takes oclif's full configuration.
 *
 * Everything that goes wrong before a command exists is answered here in the same form as in ZkopsCommand.catch.
 */
export async function main(argv: readonly string[], root: string): Promise<void> {
  try {
    const { commands } = readJson<Manifest>(join(root, 'oclif.manifest.json'))
    const { id, rest } = findCommand(Object.keys(commands), argv)
    if (id === undefined || isHelp(rest)) {
      const { loadConfig, helpText } = await import('./help.ts')
      const words = argv.filter((word) => !HELP_FLAGS.includes(word))
      return writeAll(1, Buffer.from(await helpText(await loadConfig(root), words)))
    }
    const module = await import(join(root, ...commands[id]!.relativePath))
    const Command = module.default as Command.Class
    Command.id = id
    const config = new QuickConfig(root, readJson(join(root, 'package.json')))
    // Command.run would load the full configuration once more
    const command = new (Command as unknown as new (argv: string[], config: QuickConfig) => Runnable)(rest, config)
    await command._run()
  } catch (error) {
    const described = describeError(error, { bin: 'zkops' })
    process.exitCode = described.exitCode
    if (argv.includes('--json')) writeAll(1, Buffer.from(jsonText(described.json)))
    const color = usesColor(process.stderr.isTTY === true, process.env, !argv.includes('--no-color'))
    writeAll(2, Buffer.from(described.text(createStyle({ color, unicode: usesUnicode(process.env) }))))
  }
}

interface Runnable {
  _run(): Promise<unknown>
}

function isHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end === -1 ? argv : argv.slice(0, end)).some((word) => HELP_FLAGS.includes(word))
}

function readJson<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T
}
