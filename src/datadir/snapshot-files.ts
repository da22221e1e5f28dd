import { basename, join } from 'node:path'
import { ZkopsError } from '../support/errors.ts'
import type { Compression } from './byte-source.ts'
import { isDirectory, type LogFile, readEntries, versionFolder } from './log-files.ts'
import { isStrayName, zxidFromName } from './names.ts'

/** One snapshot to read. */
export interface SnapshotFile {
  /** As given on the command line, joined with the entry's name; `-` is standard input. */
  readonly file: string
  /** The zxid of its name; null for a file of any other name, which no server reads. */
  readonly nameZxid: bigint | null
  /** What a server takes it for by the last part of its name; null for a file of any other name. */
  readonly namedForm: Compression | null
  /** A copy such as snapshot.5.bak, which servers from 3.6 on read. */
  readonly stray: boolean
}

/**
 * The snapshots at `place`: that file alone (of any name, or `-`), or those of a directory (a `version-2`, backups, or a
 * data directory, whose `version-2` is read), newest first as a server tries them. Throws `input.missing`,
 * `input.unreadable`, `input.no-snapshots`.
 */
export async function findSnapshots(place: string): Promise<readonly SnapshotFile[]> {
  if (place === '-' || !(await isDirectory(place))) return [snapshotFile(place)]
  const folder = await versionFolder(place)
  const files = (await readEntries(folder))
    .map(({ name }) => snapshotFile(join(folder, name)))
    .filter(({ nameZxid }) => nameZxid !== null)
  if (files.length === 0) {
    throw new ZkopsError('input.no-snapshots', `${place} holds no snapshots (snapshot.<zxid>)`, {
      file: place,
      hint: 'Give a snapshot, a version-2 directory, or a data directory that holds one.',
    })
  }
  return files.sort(newestFirst)
}

function newestFirst(a: SnapshotFile, b: SnapshotFile): number {
  const left = a.nameZxid ?? -1n
  const right = b.nameZxid ?? -1n
  return left > right ? -1 : left < right ? 1 : 0
}

export function snapshotFile(file: string): SnapshotFile {
  const name = basename(file)
  const zxid = zxidFromName(name, 'snapshot')
  // -1 stands for no zxid (Util.getZxidFromName)
  if (zxid === undefined || zxid === -1n) return { file, nameZxid: null, namedForm: null, stray: false }
  const last = name.split('.').at(-1)!.toLowerCase()
  const namedForm = last === 'gz' ? 'gzip' : last === 'snappy' ? 'snappy' : 'none'
  return { file, nameZxid: zxid, namedForm, stray: isStrayName(name) }
}

/**
 * The logs that a server reads to go on from `zxid` (FileTxnLog.getLogFiles with the next zxid): the last one named
 * below, and all named at or above. Names decide; a file of another name is kept.
 */
export function logsFrom(logs: readonly LogFile[], next: bigint): readonly LogFile[] {
  const below = logs.filter(({ nameZxid }) => nameZxid !== undefined && nameZxid < next).at(-1)
  return logs.filter((log) => log === below || log.nameZxid === undefined || log.nameZxid >= next)
}
