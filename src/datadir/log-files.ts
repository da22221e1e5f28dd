import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { fileError, ZkopsError } from '../support/errors.ts'
import { strayKind, zxidFromName } from './names.ts'

/** One transaction log to read. */
export interface LogFile {
  /** As given on the command line, joined with the entry's name; `-` is standard input. */
  readonly file: string
  /** The zxid of its name; undefined for a file of any other name. */
  readonly nameZxid: bigint | undefined
  /** A copy such as log.5.bak, which servers from 3.6 on read; `compressed` where they would not unpack it. */
  readonly stray: false | 'copy' | 'compressed'
}

export interface LogPlaces {
  /** In zxid order of their names; files of other names first, as given. */
  readonly logs: readonly LogFile[]
  /** zxids of the snapshots that lie in the same places. */
  readonly snapshots: readonly bigint[]
  /** Directories that are named like logs. */
  readonly folders: readonly string[]
}

/**
 * The logs at `places`: files (of any name), directories of logs (a `version-2`, backups), data directories (their
 * `version-2` is read), or `-`. Throws `input.missing`, `input.unreadable`, `input.no-logs`.
 */
export async function findLogs(places: readonly string[]): Promise<LogPlaces> {
  const logs: LogFile[] = []
  const snapshots: bigint[] = []
  const folders: string[] = []
  for (const place of places) {
    if (place === '-' || !(await isDirectory(place))) {
      logs.push(logFile(place))
      continue
    }
    const found = await listLogs(await versionFolder(place))
    if (found.logs.length + found.folders.length === 0) {
      throw new ZkopsError('input.no-logs', `${place} holds no transaction logs (log.<zxid>)`, {
        file: place,
        hint: 'Give a log, a version-2 directory, or a data directory that holds one.',
      })
    }
    logs.push(...found.logs)
    snapshots.push(...found.snapshots)
    folders.push(...found.folders)
  }
  return { logs: sorted(logs), snapshots, folders }
}

/** The logs and snapshots in one directory; none is no error. Throws `input.*` when it cannot be read. */
export async function listLogs(folder: string): Promise<LogPlaces> {
  const entries = await readEntries(folder)
  const named = entries.filter(({ name }) => zxidFromName(name, 'log') !== undefined)
  const places = (directories: boolean) =>
    named.filter((entry) => entry.isDirectory() === directories).map(({ name }) => join(folder, name))
  return {
    logs: sorted(places(false).map(logFile)),
    snapshots: entries.map(({ name }) => zxidFromName(name, 'snapshot')).filter((zxid) => zxid !== undefined),
    folders: places(true),
  }
}

function sorted(logs: readonly LogFile[]): readonly LogFile[] {
  return logs
    .map((log, i) => ({ log, i }))
    .sort(byZxid)
    .map(({ log }) => log)
}

function byZxid(a: { log: LogFile; i: number }, b: { log: LogFile; i: number }): number {
  const left = a.log.nameZxid ?? -1n
  const right = b.log.nameZxid ?? -1n
  return left < right ? -1 : left > right ? 1 : a.i - b.i
}

export function logFile(file: string): LogFile {
  const name = basename(file)
  return { file, nameZxid: zxidFromName(name, 'log'), stray: strayKind(name, basename(dirname(resolve(file)))) }
}

export async function isDirectory(place: string): Promise<boolean> {
  try {
    return (await stat(place)).isDirectory()
  } catch (error) {
    throw fileError(error, place)
  }
}

/** Where a server keeps the logs and snapshots of a data directory: its version-2, or itself. */
export async function versionFolder(place: string): Promise<string> {
  const inside = join(place, 'version-2')
  try {
    return (await stat(inside)).isDirectory() ? inside : place
  } catch {
    return place
  }
}

/** Sorted by name, so that logs of equal zxid keep a stable order. */
export async function readEntries(folder: string): Promise<Dirent[]> {
  try {
    return (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    throw fileError(error, folder)
  }
}
