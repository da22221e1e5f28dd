import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Folders in a folder of members: `DIR/zk1/conf/zoo.cfg`. */
const DEEPEST = 3

/** A configuration file, as it is named to the user. */
export interface Place {
  readonly file: string
  /** A name inside the place that was given; the same for the same member of another ensemble. */
  readonly name: string
}

/** The configuration files of a place: the file itself, or every zoo.cfg in the folder, else the folder's own name. */
export function configsAt(place: string): readonly Place[] {
  if (place === '-' || !isDirectory(place)) return [{ file: place, name: '' }]
  const found = [...zooCfgs(place, '', DEEPEST)].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
  return found.length === 0
    ? [{ file: place, name: '' }]
    : found.map((name) => ({ file: join(place, name), name: found.length === 1 ? '' : name }))
}

function* zooCfgs(root: string, folder: string, depth: number): Generator<string> {
  const entries = entriesOf(join(root, folder))
  if (entries.some((entry) => entry.name === 'zoo.cfg' && !entry.isDirectory())) yield join(folder, 'zoo.cfg')
  if (depth === 0) return
  for (const entry of entries) {
    // a link to a folder is not followed: it could lead back
    if (entry.isDirectory()) yield* zooCfgs(root, join(folder, entry.name), depth - 1)
  }
}

function entriesOf(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    // what may not be listed has no configuration for us
    return []
  }
}

function isDirectory(place: string): boolean {
  try {
    return statSync(place).isDirectory()
  } catch {
    return false
  }
}
