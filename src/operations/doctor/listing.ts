/*
 * The snapshots and logs that a server sees in its directories: names decide (Util.getZxidFromName). Up to 3.5 a name has
 * exactly two parts, from 3.6 on two or more. Of equal zxids the order of the directory decides, as it does for a server.
 */
import { accessSync, constants, type Dirent, lstatSync, opendirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type LogFile, logFile } from '../../datadir/log-files.ts'
import { type SnapshotFile, snapshotFile } from '../../datadir/snapshot-files.ts'

/** A directory as the user that runs this sees it. */
export interface Folder {
  readonly path: string
  readonly state: 'there' | 'missing' | 'no-directory'
  readonly writable: boolean
  /** Null: the directory cannot be listed, which is an empty one for a server. */
  readonly names: readonly string[] | null
}

export function readFolder(path: string): Folder {
  const absent = { path, writable: false, names: null } as const
  try {
    if (!statSync(path).isDirectory()) return { ...absent, state: 'no-directory' }
  } catch {
    // what cannot be seen does not exist for Java
    return { ...absent, state: 'missing' }
  }
  return { path, state: 'there', writable: may(path, constants.W_OK), names: namesIn(path) }
}

function namesIn(path: string): readonly string[] | null {
  try {
    const names: string[] = []
    const directory = opendirSync(path)
    try {
      for (let entry: Dirent | null = directory.readSync(); entry !== null; entry = directory.readSync()) {
        names.push(entry.name)
      }
    } finally {
      directory.closeSync()
    }
    return names
  } catch {
    return null
  }
}

export function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode)
    return true
  } catch {
    return false
  }
}

/** Newest first. */
export function snapshotsIn({ path, names }: Folder, longNames: boolean): readonly (SnapshotFile & Named)[] {
  const found = (names ?? []).filter((name) => isSeen(name, longNames)).map((name) => snapshotFile(join(path, name)))
  return found.filter(isNamed).sort((a, b) => (a.nameZxid > b.nameZxid ? -1 : a.nameZxid < b.nameZxid ? 1 : 0))
}

/** The same without directories, which hold nothing whatever zxid they name. */
export function snapshotFilesIn(folder: Folder): readonly (SnapshotFile & Named)[] {
  return snapshotsIn(folder, true).filter(
    ({ file }) => lstatSync(file, { throwIfNoEntry: false })?.isDirectory() !== true,
  )
}

interface Named {
  readonly nameZxid: bigint
}

function isNamed(file: SnapshotFile): file is SnapshotFile & Named {
  return file.nameZxid !== null
}

/** A log with the zxid of its name. */
export type NamedLog = LogFile & { readonly nameZxid: bigint }

/** In the order in which they are read: by the zxids of their names, of equal ones the last of the directory first. */
export function logsIn({ path, names }: Folder, longNames: boolean): readonly NamedLog[] {
  const found = (names ?? []).filter((name) => isSeen(name, longNames)).map((name) => logFile(join(path, name)))
  const named = found.filter((log): log is NamedLog => log.nameZxid !== undefined && log.nameZxid >= 0n)
  return named.reverse().sort((a, b) => (a.nameZxid < b.nameZxid ? -1 : a.nameZxid > b.nameZxid ? 1 : 0))
}

function isSeen(name: string, longNames: boolean): boolean {
  return longNames || basename(name).split('.').length === 2
}
