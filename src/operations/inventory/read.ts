/* Finds zkops.yaml, reads it and says what is wrong with it. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { inventoryProblems } from '../../config/inventory/check.ts'
import { type InventoryEnsemble, inventoryEnsemble, type RawEnsemble } from '../../config/inventory/inventory.ts'
import { MOST_INVENTORY_BYTES, readYaml, type YamlText } from '../../config/inventory/yaml.ts'
import { schema } from '../../schemas/inventory.ts'
import { schemaProblems } from '../../support/check-schema.ts'
import { didYouMean } from '../../support/did-you-mean.ts'
import { fileError, ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import type { SearchPlace } from './search-place.ts'

export const INVENTORY_NAME = 'zkops.yaml'

export interface Inventory {
  readonly file: string
  /** In the order of the file. */
  readonly names: readonly string[]
  /** The ensemble when none is named: the default, or the only one. */
  readonly standard: string | null
  readonly findings: readonly Finding[]
  readonly yaml: YamlText
  /**
   * Null: the default or only one. Throws `usage`, `usage.unknown-ensemble`, and `input.malformed` when its entry is
   * wrong; other entries do not matter.
   */
  ensemble(name: string | null): InventoryEnsemble
}

/** The inventory in the folder, above it, or in the user's configuration. Throws `refused.foreign-inventory`. */
export function findInventory({ folder, home, environment }: SearchPlace): string | undefined {
  const places: string[] = []
  for (let place = resolve(folder); ; place = dirname(place)) {
    places.push(join(place, INVENTORY_NAME))
    if (place === dirname(place)) break
  }
  places.push(join(environment.XDG_CONFIG_HOME || join(home, '.config'), 'zkops', INVENTORY_NAME))
  const file = places.find((place) => existsSync(place))
  if (file !== undefined) refuseForeign(file, environment)
  return file
}

/** An inventory names programs to run: one that somebody else laid above the working directory is not just taken. */
function refuseForeign(file: string, { SUDO_UID }: SearchPlace['environment']): void {
  const own = process.getuid?.()
  const { uid, mode } = statSync(file)
  const trusted = own === undefined || [0, own, SUDO_UID === undefined ? own : Number(SUDO_UID)].includes(uid)
  if (trusted && (mode & 0o002) === 0) return
  const why = trusted ? 'every user of this machine can write it' : 'it belongs to another user'
  throw new ZkopsError('refused.foreign-inventory', `${file} is not used unasked: ${why}`, {
    file,
    hint: `If it is the right one: --inventory ${file}`,
  })
}

/** Throws `input.*` for what cannot be read or is no YAML; everything else is in the findings. */
export function readInventory(file: string): Inventory {
  const yaml = parsed(file)
  const { value } = yaml
  const problems = inventoryProblems(file, value, schemaProblems(value, schema), yaml.lineOf)
  const errors = problems.filter(({ finding }) => finding.severity === 'error')
  const outside = errors.find(({ path }) => path[0] !== 'ensembles' || path.length < 2)
  if (outside !== undefined) throw malformed(file, outside.finding)
  const { default: standard, ensembles } = value as { default?: string; ensembles: Record<string, RawEnsemble> }
  const names = Object.keys(ensembles)
  const only = standard ?? (names.length === 1 ? names[0]! : null)
  return {
    file,
    names,
    standard: only,
    findings: problems.map(({ finding }) => finding),
    yaml,
    ensemble(wanted) {
      const name = wanted ?? only
      if (name === null) throw severalEnsembles(file, names)
      if (!names.includes(name)) throw unknownEnsemble(file, name, names)
      const wrong = errors.find(({ path }) => path[1] === name)
      if (wrong !== undefined) throw malformed(file, wrong.finding)
      return inventoryEnsemble(name, ensembles[name]!)
    },
  }
}

function parsed(file: string): YamlText {
  const read = readYaml(textOf(file))
  if (!('error' in read)) return read
  const where = read.line === null ? file : `${file}, line ${read.line}`
  throw new ZkopsError('input.malformed', `${where}: ${read.error}`, {
    file,
    hint: 'zkops schema inventory tells what it may hold.',
  })
}

function textOf(file: string): string {
  try {
    const stat = statSync(file)
    if (stat.isDirectory()) throw new ZkopsError('input.unreadable', `${file} is a directory`, { file })
    if (!stat.isFile() || stat.size > MOST_INVENTORY_BYTES) {
      throw new ZkopsError('input.unreadable', `${file} is no inventory: it is no regular file, or too long`, { file })
    }
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw fileError(error, file)
  }
}

function malformed(file: string, { message, evidence }: Finding): ZkopsError {
  return new ZkopsError('input.malformed', `${file}, line ${evidence?.line}: ${message}`, {
    file,
    hint: 'zkops schema inventory tells what it may hold.',
  })
}

function severalEnsembles(file: string, names: readonly string[]): ZkopsError {
  const none = names.length === 0
  return new ZkopsError('usage', `${file} has ${none ? 'no ensembles' : 'several ensembles and no default'}`, {
    file,
    hint: none ? 'Add one: zkops config inventory init.' : `Give --ensemble ${names.join(' or --ensemble ')}.`,
  })
}

function unknownEnsemble(file: string, name: string, names: readonly string[]): ZkopsError {
  const near = didYouMean(name, names)
  return new ZkopsError('usage.unknown-ensemble', `${file} has no ensemble ${name}`, {
    file,
    hint: near === undefined ? `There are ${names.join(', ') || 'none'}.` : `Did you mean ${near}?`,
  })
}
