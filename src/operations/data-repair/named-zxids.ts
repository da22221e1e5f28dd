/*
 * The zxids that snapshots name: of those that are there, and of those that a repair moved away since the last start.
 * Something else may have kept a server from starting then, so that nobody was told what only the snapshot had.
 */
import { basename } from 'node:path'
import { snapshotFile } from '../../datadir/snapshot-files.ts'
import { type Bundle, listBundles, lstatOf } from '../../datadir/undo-bundle.ts'
import type { Examination } from '../doctor/doctor.ts'
import { snapshotFilesIn } from '../doctor/listing.ts'

export async function namedZxids(examination: Pick<Examination, 'places' | 'start'>): Promise<readonly bigint[]> {
  const there = snapshotFilesIn(examination.start.folders.snapshots).map(({ nameZxid }) => nameZxid)
  return [...there, ...(await movedAway(examination))]
}

export async function movedAway({ places, start }: Pick<Examination, 'places' | 'start'>): Promise<readonly bigint[]> {
  const bundles = await listBundles(places.dataDir)
  const since = await lastWritten(start, bundles)
  const zxids: bigint[] = []
  for (const { time, kind, entries } of bundles) {
    if (kind !== 'data repair' || Date.parse(time) < since) continue
    for (const { target, old, fresh } of entries) {
      const { nameZxid } = snapshotFile(target)
      if (nameZxid === null || nameZxid < 0n || fresh !== null || old === null || old.kind === 'directory') continue
      if ((await lstatOf(target)) === undefined) zxids.push(nameZxid)
    }
  }
  return zxids
}

/** When a server wrote a file of its own last: what it started from was accepted then. */
async function lastWritten({ folders }: Examination['start'], bundles: readonly Bundle[]): Promise<number> {
  const ours = new Set(bundles.flatMap(({ entries }) => entries.filter(({ fresh }) => fresh !== null).map(nameOf)))
  let last = 0
  for (const { path, names } of new Set([folders.snapshots, folders.logs])) {
    for (const name of (names ?? []).filter((one) => /^(log|snapshot)\./.test(one) && !ours.has(one))) {
      last = Math.max(last, (await lstatOf(`${path}/${name}`))?.mtimeMs ?? 0)
    }
  }
  return last
}

function nameOf({ target }: Bundle['entries'][number]): string {
  return basename(target)
}
