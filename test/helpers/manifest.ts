import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './cli.ts'

/** A command as the manifest tells it, with its examples as a user would type them. */
export interface ManifestCommand {
  readonly id: string
  /** The words typed: `log dump`. */
  readonly words: readonly string[]
  readonly summary: string
  readonly description: string
  readonly examples: readonly string[]
  readonly takesJson: boolean
  /** Has an argument that is a file or directory to read. */
  readonly readsFiles: boolean
  /** What must be given before the file, as arguments. */
  readonly leadingArgs: readonly string[]
  /** The flags that must be given, each with some value, as arguments. */
  readonly requiredFlags: readonly string[]
  readonly needsServers: boolean
}

interface RawCommand {
  readonly summary?: string
  readonly description?: string
  readonly examples?: readonly { readonly command: string }[]
  readonly enableJsonFlag?: boolean
  readonly args: Readonly<Record<string, unknown>>
  readonly flags: Readonly<Record<string, { readonly required?: boolean }>>
}

/** Arguments that are something else, with a value that they take. */
const OTHER_ARGS: Readonly<Record<string, string>> = { znode: '/app', session: '0x1' }
const FILE_ARGS = ['file', 'files', 'dir', 'directory', 'place', 'places', 'path']
/** Topics whose commands start or ask real servers. */
const LIVE_TOPICS = ['sandbox', 'demo', 'ensemble', 'health', 'reconfig', 'roll', 'znode', 'recover', 'maintenance']

export function manifestCommands(): readonly ManifestCommand[] {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'oclif.manifest.json'), 'utf8')) as {
    commands: Readonly<Record<string, RawCommand>>
  }
  return Object.entries(manifest.commands).map(([id, raw]) => ({
    id,
    words: id.split(':'),
    summary: raw.summary ?? '',
    description: raw.description ?? '',
    examples: (raw.examples ?? []).map(({ command }) =>
      command.replaceAll('<%= config.bin %>', 'zkops').replaceAll('<%= command.id %>', id.replaceAll(':', ' ')),
    ),
    takesJson: raw.enableJsonFlag === true,
    readsFiles: Object.keys(raw.args).some((name) => FILE_ARGS.includes(name)),
    leadingArgs: Object.keys(raw.args).flatMap((name) => OTHER_ARGS[name] ?? []),
    requiredFlags: Object.entries(raw.flags).flatMap(([name, { required }]) => (required ? [`--${name}`, '0x1'] : [])),
    needsServers: LIVE_TOPICS.includes(id.split(':', 1)[0]!),
  }))
}
