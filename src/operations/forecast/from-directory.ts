/*
 * Forecasts from a data directory, without any server.
 *
 *   zxid        the last one, and when the logs were begun
 *   sequence    counters of the tree as it is now, against those of the oldest snapshot
 *   init-limit, heap   the size of the tree, now and then, against the configuration
 *   disk        what was written since the oldest snapshot, against what is free
 */
import { statfs } from 'node:fs/promises'
import { type Member, numberOf, settingOf } from '../../config/member.ts'
import { NEWEST_LINE, releaseOf } from '../../config/release.ts'
import { diskSize } from '../../datadir/disk-size.ts'
import { findSnapshots, type SnapshotFile } from '../../datadir/snapshot-files.ts'
import { errorKind, ZkopsError } from '../../support/errors.ts'
import { noProgress } from '../../support/progress.ts'
import { endOf, startOf } from '../certs/certificate.ts'
import { dataEntries } from '../data-dir/entries.ts'
import { type DataPlace, dataPlace, type PlaceOptions } from '../data-dir/place.ts'
import type { ReadableSnapshot, ReadSnapshotOptions } from '../read-snapshot.ts'
import type { TreePlace } from '../tree-place.ts'
import { usableSnapshot } from '../usable-snapshot.ts'
import { loadMember } from '../zoo-cfg/load.ts'
import { storesOf } from '../zoo-cfg/member-store.ts'
import { certificateGiven, type Given, type Seen, zxidGiven } from './given.ts'
import { momentAt, type ZxidMoment, zxidMoments } from './moments.ts'
import { HEAP_SHARE, SYNC_ASSUMES, SYNC_RESERVE, syncMs, treeHeapBytes } from './needs.ts'
import { type SnapshotFigures, snapshotFigures } from './snapshot-figures.ts'
import { type Point, trendOf } from './trend.ts'

export interface DirectoryOptions extends PlaceOptions, ReadSnapshotOptions {}

const LAST_SEQUENCE = 2 ** 31 - 1

/** Throws `input.*` when there is no directory, or no snapshot that is whole. */
export async function fromDirectory(options: DirectoryOptions, now: number): Promise<Seen> {
  const place = await dataPlace(options)
  const member = options.config === undefined ? null : loadMember(options.config).member
  const moments = await zxidMoments(place.logs, options)
  const trees = await treesOf(place, moments, options)
  const last = moments.at(-1)
  return {
    given: [
      ...(last === undefined ? [] : [zxidGiven(last.zxid, moments)]),
      ...sequences(trees),
      ...(trees === null ? [] : [syncGiven(trees, member), ...heapGiven(trees, member)]),
      ...(await diskGiven(place, moments, member)),
      ...certificates(member, now),
    ],
    unseen: [
      ...(last === undefined ? [{ what: 'zxid', why: 'there is no log with a record' } as const] : []),
      ...(trees === null ? [{ what: 'sequence', why: 'there is no snapshot that is whole' } as const] : []),
      ...(member?.jvm?.heapBytes == null
        ? [{ what: 'heap', why: 'the heap is not known: --config with a java.env beside it tells' } as const]
        : []),
      ...(member === null ? [{ what: 'certificate', why: 'there is no --config that names stores' } as const] : []),
    ],
    basis: moments.length < 2 ? null : { fromMs: moments[0]!.atMs, toMs: last!.atMs, points: moments.length },
  }
}

interface Trees {
  readonly now: SnapshotFigures
  readonly nowMs: number | null
  /** The oldest one that is whole, when it is another one. */
  readonly old: SnapshotFigures | null
  readonly oldMs: number | null
}

async function treesOf(
  place: DataPlace,
  moments: readonly ZxidMoment[],
  options: DirectoryOptions,
): Promise<Trees | null> {
  const tree = { place: place.snapshots, logDir: place.logs === place.snapshots ? undefined : place.logs }
  const snapshot = await currentTree(tree, options)
  if (snapshot === null) return null
  const quiet = { ...options, progress: noProgress }
  const now = await snapshotFigures(snapshot, options)
  if (now === null) return null
  const nowMs = moments.at(-1)?.atMs ?? null
  const wanted = new Set(now.counters.keys())
  for (const older of await oldestFirst(place)) {
    if (older.nameZxid === null || older.nameZxid === snapshot.nameZxid) break
    const old = await snapshotFigures(older, quiet, wanted).catch(() => null)
    if (old !== null) return { now, nowMs, old, oldMs: momentAt(moments, older.nameZxid) }
  }
  return { now, nowMs, old: null, oldMs: null }
}

/** With the logs behind it; where these cannot be replayed, the newest snapshot that is whole; null: there is none. */
async function currentTree(tree: TreePlace, options: ReadSnapshotOptions): Promise<ReadableSnapshot | null> {
  for (const which of ['latest', 'whole'] as const) {
    try {
      return (await usableSnapshot(tree, options, which)).snapshot
    } catch (error) {
      if (!(error instanceof ZkopsError) || errorKind(error.code) !== 'input') throw error
    }
  }
  return null
}

async function oldestFirst({ snapshots }: DataPlace): Promise<readonly SnapshotFile[]> {
  return (await findSnapshots(snapshots)).toReversed()
}

function grown(trees: Trees, of: (figures: SnapshotFigures) => number | undefined) {
  const { now, nowMs, old, oldMs } = trees
  const [before, value] = [old === null ? undefined : of(old), of(now)]
  if (before === undefined || value === undefined || nowMs === null || oldMs === null) return null
  const points: readonly Point[] = [
    { atMs: oldMs, value: before },
    { atMs: nowMs, value },
  ]
  return trendOf(points)
}

function sequences(trees: Trees | null): readonly Given[] {
  if (trees === null) return []
  return [...trees.now.counters].map(([path, value]) => ({
    ...({ what: 'sequence', subject: path, value, limit: LAST_SEQUENCE } as const),
    // a znode that was not there yet began at 0
    trend: grown(trees, ({ counters }) => counters.get(path) ?? 0),
  }))
}

const RELEASE = releaseOf(NEWEST_LINE)!
const USUAL = { initLimit: 10, tickTime: 2000 }

function syncGiven(trees: Trees, member: Member | null): Given {
  const setting = (key: keyof typeof USUAL) => (member === null ? null : numberOf(member, key, RELEASE)) ?? USUAL[key]
  const limitMs = setting('initLimit') * setting('tickTime')
  const usual = member === null || settingOf(member, 'initLimit') === undefined
  const words = usual ? `an initLimit of ${USUAL.initLimit} ticks of ${USUAL.tickTime} ms; ` : ''
  const needed = ({ bytes, znodes }: SnapshotFigures) => syncMs(bytes, znodes)
  return {
    ...{ what: 'init-limit', value: needed(trees.now), limit: limitMs / SYNC_RESERVE, unit: 'ms' },
    ...{ trend: grown(trees, needed), assumes: `${words}${SYNC_ASSUMES}` },
  }
}

function heapGiven(trees: Trees, member: Member | null): readonly Given[] {
  const heap = member?.jvm?.heapBytes ?? null
  if (heap === null) return []
  const needed = (figures: SnapshotFigures) => treeHeapBytes({ ...figures, watches: 0 })
  const assumes = `no watches, and a heap of ${heap} bytes`
  const [value, limit] = [needed(trees.now), heap * HEAP_SHARE]
  return [{ what: 'heap', value, limit, unit: 'B', trend: grown(trees, needed), assumes }]
}

async function diskGiven(
  place: DataPlace,
  moments: readonly ZxidMoment[],
  member: Member | null,
): Promise<readonly Given[]> {
  const purges = Number((member === null ? undefined : settingOf(member, 'autopurge.purgeInterval'))?.value ?? 0) > 0
  const directories = [...new Set([place.snapshots, place.logs])]
  const entries = (await dataEntries(place)).filter(({ nameZxid }) => nameZxid !== null)
  return Promise.all(
    directories.map(async (directory): Promise<Given> => {
      const disk = await statfs(directory)
      // what only root may use counts as used, as df has it
      const used = (disk.blocks - disk.bfree) * disk.bsize
      const limit = used + disk.bavail * disk.bsize
      const own = entries.filter(({ file }) => file.startsWith(directory))
      const written = await Promise.all(
        own.map(async ({ file, nameZxid }) => ({
          atMs: momentAt(moments, nameZxid!),
          bytes: (await diskSize(file))?.allocatedBytes ?? 0,
        })),
      )
      const trend = purges ? null : trendOf(summed(written))
      const assumes = purges ? 'autopurge keeps it as it is' : 'nothing is purged'
      return { what: 'disk', subject: directory, value: used, limit, unit: 'B', trend, assumes }
    }),
  )
}

/** What was written up to each moment; what lay there at the first one is where it begins. */
function summed(files: readonly { readonly atMs: number | null; readonly bytes: number }[]): readonly Point[] {
  let value = 0
  return files
    .flatMap(({ atMs, bytes }) => (atMs === null ? [] : [{ atMs, bytes }]))
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ atMs, bytes }, i) => ({ atMs, value: (value += i === 0 ? 0 : bytes) }))
}

function certificates(member: Member | null, now: number): readonly Given[] {
  if (member === null) return []
  return storesOf(member).flatMap(({ role, location, outcome }) => {
    const own = outcome.state === 'opened' && role === 'keyStore' ? outcome.own[0] : undefined
    return own === undefined ? [] : [certificateGiven(location.value, startOf(own), endOf(own), now)]
  })
}
