import { basename, dirname } from 'node:path'
import { fileIdentity } from '../../datadir/growing-file.ts'
import { isDirectory, type LogFile, listLogs, versionFolder } from '../../datadir/log-files.ts'
import { isLiveLogName, zxidFromName } from '../../datadir/names.ts'

/** Where logs come and go. */
export interface LivePlace {
  /** The place is one log: it and the ones behind it count. */
  readonly single: boolean
  /** Throws `input.*` when the directory cannot be read. In zxid order, the newest last. */
  list(): Promise<readonly LogFile[]>
  /** zxids of snapshots, as the last listing found them. */
  readonly snapshots: readonly bigint[]
  /** Takes a listing for known. */
  keep(logs: readonly LogFile[]): void
  /** Known logs that are still there, in zxid order. */
  known(): readonly LogFile[]
}

/** Throws `input.missing` when there is no such place. */
export async function livePlace(place: string): Promise<LivePlace> {
  const single = !(await isDirectory(place))
  const given: LogFile = { file: place, nameZxid: zxidFromName(basename(place), 'log'), stray: false }
  const snapshots: bigint[] = []
  let known = new Map<string, { readonly log: LogFile; readonly identity: string | undefined }>()
  return {
    single,
    snapshots,
    async list() {
      // asked each time: a data directory may get its version-2 later
      const found = await listLogs(single ? dirname(place) : await versionFolder(place))
      snapshots.splice(0, snapshots.length, ...found.snapshots)
      const logs = found.logs.filter(({ file }) => isLiveLogName(file))
      return single ? [given, ...logs.filter((log) => isNewer(log, given))] : logs
    },
    keep(logs) {
      known = new Map(logs.map((log) => [log.file, known.get(log.file) ?? { log, identity: fileIdentity(log.file) }]))
    },
    known: () =>
      [...known.values()].filter(({ log, identity }) => fileIdentity(log.file) === identity).map(({ log }) => log),
  }
}

export function isNewer(log: LogFile, than: LogFile): boolean {
  return log.nameZxid !== undefined && than.nameZxid !== undefined && log.nameZxid > than.nameZxid
}
