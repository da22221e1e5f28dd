/* Where a server keeps its files, from what the user named: a data directory, its version-2, or a zoo.cfg. */
import { readFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { lastEntries, parseProperties } from '../../config/java/properties.ts'
import { javaTrim } from '../../config/java/values.ts'
import { isDirectory, versionFolder } from '../../datadir/log-files.ts'
import { fileError, ZkopsError } from '../../support/errors.ts'

export interface DataPlace {
  /** As it was named. */
  readonly directory: string
  /** Where snapshots and epoch files lie. */
  readonly snapshots: string
  /** Where logs lie; the same unless they lie apart. */
  readonly logs: string
}

export interface PlaceOptions {
  readonly directory?: string | undefined
  readonly config?: string | undefined
  readonly logDir?: string | undefined
}

/** Throws `usage` when nothing was named, `input.missing`, `input.unreadable`, `input.no-data-dir`. */
export async function dataPlace({ directory, config, logDir }: PlaceOptions): Promise<DataPlace> {
  const named = config === undefined ? undefined : await directoriesOf(config)
  const data = directory ?? named?.dataDir
  if (data === undefined) {
    throw new ZkopsError('usage', 'Which directory? Give it as the argument, or its zoo.cfg with --config')
  }
  const snapshots = await folderOf(data)
  const apart = logDir ?? named?.dataLogDir
  return { directory: data, snapshots, logs: apart === undefined ? snapshots : await folderOf(apart) }
}

/** Several, each with a place for its logs or none with one. */
export async function dataPlaces(
  directories: readonly string[],
  { config, logDirs }: { readonly config?: string | undefined; readonly logDirs?: readonly string[] | undefined },
): Promise<DataPlace[]> {
  const count = Math.max(directories.length, 1)
  if (logDirs !== undefined && logDirs.length !== count) {
    throw new ZkopsError('usage', `--log-dir is given ${logDirs.length} times for ${count} directories`, {
      hint: 'Give it once for each directory, in their order.',
    })
  }
  if (config !== undefined && count > 1) {
    throw new ZkopsError('usage', '--config names one data directory: give it alone, or the directories themselves')
  }
  const places: DataPlace[] = []
  for (let i = 0; i < count; i++) {
    places.push(await dataPlace({ directory: directories[i], config, logDir: logDirs?.[i] }))
  }
  return places
}

/** The directory that holds the data directory's own things (myid, pid file): what `version-2` lies in. */
export function rootOf(folder: string): string {
  return basename(resolve(folder)) === 'version-2' ? dirname(resolve(folder)) : folder
}

async function folderOf(place: string): Promise<string> {
  if (!(await isDirectory(place))) {
    throw new ZkopsError('input.not-a-directory', `${place} is no directory`, { file: place })
  }
  return versionFolder(place)
}

/** A server takes a relative path from where it was started, which is not known: its configuration is the best guess. */
export function fromConfig(config: string, path: string): string {
  return resolve(dirname(config), path)
}

/** What a zoo.cfg names. Throws `input.missing`, `input.unreadable`, `input.no-data-dir`. */
export async function directoriesOf(config: string): Promise<{ dataDir: string; dataLogDir: string | undefined }> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(config)
  } catch (error) {
    throw fileError(error, config)
  }
  const entries = lastEntries(parseProperties(bytes))
  const value = (key: string) => {
    const entry = entries.get(key)
    return entry === undefined ? undefined : fromConfig(config, javaTrim(entry.value))
  }
  const dataDir = value('dataDir')
  if (dataDir === undefined) throw new ZkopsError('input.no-data-dir', `${config} names no dataDir`, { file: config })
  return { dataDir, dataLogDir: value('dataLogDir') }
}
