import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileError, ZkopsError } from '../support/errors.ts'
import { isStrayName, zxidFromName } from './names.ts'

/** One transaction log to read. */
export interface LogFile {
  /** As given on the command line, joined with the entry's name; `-` is standard input. */
  readonly file: string
  /** The zxid of its name; undefined for a file of any other name. */
  readonly nameZxid: bigint | undefined
  /** A copy such as log.5.bak, which servers from 3.6 on read. */
  readonly stray: boolean
}

export interface LogPlaces {
  /** In zxid order of their names; files of other names first, as given. */
  readonly logs: readonly LogFile[]
  /** zxids of the snapshots that lie in the same places. */
  readonly snapshots: readonly bigint[]
}

/**
 * The logs at `places`: files (of any name), directories of logs (a `version-2`, backups), data directories (their
 * `version-2` is read), or `-`. Throws `input.missing`, `input.unreadable`, `input.no-logs`.
 */
export async function findLogs(places: readonly string[]): Promise<LogPlaces> {
  const logs: LogFile[] = []
  const snapshots: bigint[] = []
  for (const place of places) {
    if (place === '-' || !(await isDirectory(place))) {
      const name = basename(place)
      logs.push({ file: place, nameZxid: zxidFromName(name, 'log'), stray: false })
      continue
    }
    const folder = await versionFolder(place)
    const names = await readNames(folder)
    const found = names.filter((name) => zxidFromName(name, 'log') !== undefined)
    if (found.length === 0) {
      throw new ZkopsError('input.no-logs', `${place} holds no transaction logs (log.<zxid>)`, {
        file: place,
        hint: 'Give a log, a version-2 directory, or a data directory that holds one.',
      })
    }
    for (const name of found) {
      logs.push({ file: join(folder, name), nameZxid: zxidFromName(name, 'log'), stray: isStrayName(name) })
    }
    for (const name of names) {
      const zxid = zxidFromName(name, 'snapshot')
      if (zxid !== undefined) snapshots.push(zxid)
    }
  }
  return {
    logs: logs
      .map((log, i) => ({ log, i }))
      .sort(byZxid)
      .map(({ log }) => log),
    snapshots,
  }
}

function byZxid(a: { log: LogFile; i: number }, b: { log: LogFile; i: number }): number {
  const left = a.log.nameZxid ?? -1n
  const right = b.log.nameZxid ?? -1n
  return left < right ? -1 : left > right ? 1 : a.i - b.i
}

export async function isDirectory(place: string): Promise<boolean> {
  try {
    return (await stat(place)).isDirectory()
  } catch (error) {
    throw fileError(error, place)
  }
}

export async function versionFolder(place: string): Promise<string> {
  const inside = join(place, 'version-2')
  try {
    return (await stat(inside)).isDirectory() ? inside : place
  } catch {
    return place
  }
}

/** Sorted, so that logs of equal zxid keep a stable order. */
export async function readNames(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    throw fileError(error, folder)
  }
}
