import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileError } from '../support/errors.ts'
import type { LogFile } from './log-files.ts'
import { zxidFromName } from './names.ts'

/** One snapshot, by its name. */
export interface SnapshotFile {
  readonly file: string
  /** Where a replay goes on from: the name's zxid, not the content's. */
  readonly zxid: bigint
}

/**
 * The snapshots at `places` (files, a `version-2`, data directories), newest first. A file of another name counts as
 * given only when its name tells a zxid. Throws `input.missing`, `input.unreadable`.
 */
export async function findSnapshots(places: readonly string[]): Promise<readonly SnapshotFile[]> {
  const found: SnapshotFile[] = []
  const add = (file: string) => {
    const zxid = zxidFromName(basename(file), 'snapshot')
    if (zxid !== undefined) found.push({ file, zxid })
  }
  for (const place of places) {
    try {
      if (!(await stat(place)).isDirectory()) {
        add(place)
        continue
      }
      const inside = join(place, 'version-2')
      const folder = (await stat(inside).catch(() => undefined))?.isDirectory() ? inside : place
      for (const name of (await readdir(folder)).sort()) add(join(folder, name))
    } catch (error) {
      throw fileError(error, place)
    }
  }
  return found.sort((a, b) => (a.zxid > b.zxid ? -1 : a.zxid < b.zxid ? 1 : 0))
}

/**
 * The logs that a server reads to go on from `zxid` (FileTxnLog.getLogFiles with the next zxid): the last one named
 * below, and all named at or above. Names decide; a file of another name is kept.
 */
export function logsFrom(logs: readonly LogFile[], next: bigint): readonly LogFile[] {
  const below = logs.filter(({ nameZxid }) => nameZxid !== undefined && nameZxid < next).at(-1)
  return logs.filter((log) => log === below || log.nameZxid === undefined || log.nameZxid >= next)
}
