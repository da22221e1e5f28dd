/* What lies in a data directory, by names: what a server reads, what it keeps beside, and what is not its own. */
import { join } from 'node:path'
import { readEntries } from '../../datadir/log-files.ts'
import { isStrayName, zxidFromName } from '../../datadir/names.ts'
import type { DataPlace } from './place.ts'

export type EntryKind = 'log' | 'snapshot' | 'epoch' | 'leftover' | 'folder' | 'foreign'

export interface DataEntry {
  readonly file: string
  readonly kind: EntryKind
  /** The zxid in its name. */
  readonly nameZxid: bigint | null
  /** A log in the directory for snapshots, or the other way round: a server does not start then (or does not see it). */
  readonly misplaced: boolean
  /** More than two parts in its name: servers from 3.6 on read it, 3.4 and 3.5 do not. */
  readonly stray: boolean
}

const EPOCHS: ReadonlySet<string> = new Set(['currentEpoch', 'acceptedEpoch'])
const LEFTOVERS: ReadonlySet<string> = new Set(['currentEpoch.tmp', 'acceptedEpoch.tmp', 'updatingEpoch'])

/** Sorted by kind and zxid: snapshots, logs, the rest. Throws `input.*`. */
export async function dataEntries(place: DataPlace): Promise<readonly DataEntry[]> {
  const apart = place.logs !== place.snapshots
  const folders = apart ? [place.snapshots, place.logs] : [place.snapshots]
  const found: DataEntry[] = []
  for (const folder of folders) {
    for (const entry of await readEntries(folder)) {
      const zxids = {
        log: zxidFromName(entry.name, 'log'),
        // -1 stands for no zxid
        snapshot: zxidFromName(entry.name, 'snapshot') === -1n ? undefined : zxidFromName(entry.name, 'snapshot'),
      }
      const kind = entry.isDirectory() ? 'folder' : kindOf(entry.name, zxids)
      const own = kind === 'log' ? place.logs : place.snapshots
      found.push({
        file: join(folder, entry.name),
        kind,
        nameZxid: kind === 'log' ? zxids.log! : kind === 'snapshot' ? zxids.snapshot! : null,
        misplaced: (kind === 'log' || kind === 'snapshot') && folder !== own,
        stray: (kind === 'log' || kind === 'snapshot') && isStrayName(entry.name),
      })
    }
  }
  return found.sort(byKind)
}

function kindOf(name: string, { log, snapshot }: Record<'log' | 'snapshot', bigint | undefined>): EntryKind {
  if (log !== undefined) return 'log'
  if (snapshot !== undefined) return 'snapshot'
  return EPOCHS.has(name) ? 'epoch' : LEFTOVERS.has(name) ? 'leftover' : 'foreign'
}

const ORDER: readonly EntryKind[] = ['snapshot', 'log', 'epoch', 'leftover', 'folder', 'foreign']

function byKind(a: DataEntry, b: DataEntry): number {
  if (a.kind !== b.kind) return ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind)
  const [left, right] = [a.nameZxid ?? 0n, b.nameZxid ?? 0n]
  return left < right ? -1 : left > right ? 1 : a.file < b.file ? -1 : 1
}
