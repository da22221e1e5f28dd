/* The paths of an undo bundle, as they are written: relative to the data directory where they lie in it. */
import { isAbsolute, join } from 'node:path'
import type { Bundle } from './undo-bundle.ts'

/** Throws for a path that leads out of the directory. */
export function placed(root: string, path: string): string {
  if (isAbsolute(path)) return path
  if (!isWithin(path)) throw new RangeError(path)
  return join(root, path)
}

export function isWithin(path: string): boolean {
  return !isAbsolute(path) && !path.split('/').includes('..')
}

export function withPaths<T extends Pick<Bundle, 'entries' | 'folders'>>(
  bundle: T,
  change: (path: string) => string,
): T {
  return {
    ...bundle,
    entries: bundle.entries.map((entry) => ({ ...entry, target: change(entry.target) })),
    folders: bundle.folders.map((one) => ({ ...one, folder: change(one.folder) })),
  }
}
