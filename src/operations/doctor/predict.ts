/*
 * What a server does with its directories at its start, from the files alone (FileTxnSnapLog, FileSnap, FileTxnLog,
 * ZooKeeperServer.loadData, QuorumPeer.loadDataBase):
 *
 * 1. Directories: there, writable, snapshots and logs not mixed up.
 * 2. The snapshot; without one, a fresh tree, if the server trusts that.
 * 3. The replay.
 * 4. A member looks at its epoch files; a standalone server deletes ephemerals of dead sessions.
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { longMapOrder, textSetOrder } from '../../config/java/hash-order.ts'
import { isSince } from '../../config/release.ts'
import { textOf } from '../../formats/txnlog/filter.ts'
import { loadFresh } from '../../tree/load.ts'
import { createTree, type Tree } from '../../tree/tree.ts'
import { readEpochFiles } from '../epoch/files.ts'
import { type EpochStart, epochRulesOf, type RefusedEpoch, startWith } from '../epoch/start.ts'
import type { JudgeOptions, Leak } from './judge-snapshot.ts'
import { deletePath } from './leaked-replay.ts'
import { type Folder, logsIn, type NamedLog, readFolder, snapshotsIn } from './listing.ts'
import type { Refusal } from './log-refusals.ts'
import { type Picked, pickSnapshot } from './pick-snapshot.ts'
import type { Places } from './places.ts'
import { type Replayed, replayLogs } from './replay-logs.ts'
import type { LoaderSettings } from './settings.ts'

/** Everything that was found on the way to the outcome. */
export interface Start {
  readonly tree: Tree
  readonly folders: { readonly snapshots: Folder; readonly logs: Folder }
  readonly picked: Picked | null
  /** Logs that the server sees, read or not. */
  readonly logs: readonly NamedLog[]
  readonly replayed: Replayed | null
  readonly epochs: EpochStart | null
  readonly refusal: Refusal | null
  /** After the start; null when it refuses. */
  readonly lastZxid: bigint | null
  /** Signed; null where the server has none, or it is not known. */
  readonly digest: bigint | null
  /** The start makes a new database. */
  readonly empty: boolean
  readonly deleted: { readonly ephemerals: number; readonly leaked: number; readonly ttls: number }
}

const NOTHING_DELETED = { ephemerals: 0, leaked: 0, ttls: 0 } as const

export async function predictStart(places: Places, options: JudgeOptions): Promise<Start> {
  const { settings } = options
  const tree = createTree({ rules: settings.rules, extendedTypes: settings.extendedTypes, limit: settings.limit })
  const folders = { snapshots: readFolder(places.snapshots), logs: readFolder(places.logs) }
  const base = { tree, folders, logs: [], picked: null, replayed: null, epochs: null }
  const refused = { lastZxid: null, digest: null, empty: false, deleted: NOTHING_DELETED } as const
  const wrong = folderRefusal(places, folders, settings)
  if (wrong !== null) return { ...base, ...refused, refusal: wrong }

  const logs = logsIn(folders.logs, settings.longNames)
  const picked = await pickSnapshot(tree, snapshotsIn(folders.snapshots, settings.longNames), options)
  const found = { ...base, logs, picked }
  const unpicked = snapshotRefusal(picked, places)
  if (unpicked !== null) return { ...found, ...refused, refusal: unpicked }

  const { snapshot, leak } = picked
  if (snapshot === null) {
    loadFresh(tree)
    if (!settings.trustEmpty || logs.length === 0) return withoutSnapshot(places, found, settings)
  }
  const from = { zxid: snapshot?.nameZxid ?? 0n, digest: snapshot?.digest ?? null, leak }
  const replayed = await replayLogs(tree, logs, from, options)
  if (replayed.refusal !== null) return { ...found, replayed, ...refused, refusal: replayed.refusal }
  return finish({ ...found, replayed }, replayed.lastZxid, places, settings, leak)
}

type Found = Omit<Start, 'refusal' | 'lastZxid' | 'digest' | 'empty' | 'deleted'>

/** No snapshot, and the server does not replay onto nothing, or has nothing to replay. */
async function withoutSnapshot(places: Places, found: Found, settings: LoaderSettings): Promise<Start> {
  const refused = { ...found, lastZxid: null, digest: null, empty: false, deleted: NOTHING_DELETED } as const
  if (found.logs.length > 0) {
    const message = 'java.io.IOException: No snapshot found, but there are log entries. Something is broken!'
    return { ...refused, refusal: { code: 'data.no-snapshot', message, file: places.snapshots } }
  }
  const trusted =
    settings.createsDatabase ||
    (isSince(settings.release, '3.6.0') && existsSync(join(dirname(places.logs), 'initialize')))
  const start = await finish(found, trusted ? 0n : -1n, places, settings, found.picked!.leak)
  return { ...start, empty: true }
}

const EPOCH_CODES: Readonly<Record<RefusedEpoch, string>> = {
  unreadable: 'data.epoch-unreadable',
  hidden: 'data.unreadable',
  'current-behind': 'data.epoch-behind',
  'accepted-behind': 'data.epoch-accepted',
}

async function finish(
  found: Found,
  lastZxid: bigint,
  places: Places,
  settings: LoaderSettings,
  leak: Leak,
): Promise<Start> {
  if (settings.role === 'quorum') {
    const epochs = startWith(
      await readEpochFiles(places.snapshots),
      lastZxid,
      epochRulesOf(settings.release),
      places.snapshots,
    )
    const common = { ...found, epochs, empty: false, deleted: NOTHING_DELETED }
    if (epochs.outcome === 'serves') {
      return { ...common, refusal: null, lastZxid, digest: digestOf(found.tree, leak, settings) }
    }
    const { why, message, file } = epochs
    const exception = why === 'hidden' ? 'FileNotFoundException' : 'IOException'
    const refusal = { code: EPOCH_CODES[why], message: `java.io.${exception}: ${message}`, file }
    return { ...common, refusal, lastZxid: null, digest: null }
  }
  const deleted = endDeadSessions(found.tree, leak, lastZxid)
  return { ...found, refusal: null, lastZxid, digest: digestOf(found.tree, leak, settings), empty: false, deleted }
}

function digestOf(tree: Tree, leak: Leak, settings: LoaderSettings): bigint | null {
  return settings.digests && !leak.touched ? tree.digest() : null
}

/**
 * ZooKeeperServer.loadData: sessions with ephemerals that are in no table are ended, without a transaction. Order counts:
 * a znode below one that is gone already stays where it is.
 */
function endDeadSessions(tree: Tree, leak: Leak, lastZxid: bigint): Start['deleted'] {
  const { kernel } = tree
  const own = new Map(
    [...kernel.deadEphemerals()].map(
      ([owner, rows]) => [owner, rows.map((row) => textOf(kernel.pathOf(row)))] as const,
    ),
  )
  const alive = kernel.sessions()
  const left = [...leak.paths.keys()].filter((session) => !alive.has(session))
  const deleted = { ephemerals: 0, leaked: 0, ttls: 0 }
  for (const owner of longMapOrder([...own.keys(), ...left])) {
    const paths = own.get(owner) ?? []
    const kind = BigInt.asUintN(64, owner) >> 40n === 0xff0000n ? 'ttls' : 'ephemerals'
    const mine = new Set(paths)
    for (const path of textSetOrder([...paths, ...(leak.paths.get(owner) ?? [])])) {
      if (deletePath(tree, leak, path, lastZxid)) deleted[mine.has(path) ? kind : 'leaked']++
    }
  }
  return deleted
}

function snapshotRefusal({ refused, passed }: Picked, { snapshots }: Places): Refusal | null {
  if (refused === null) return null
  if (refused === 'all-failed') {
    const message = `java.io.IOException: Not able to find valid snapshots in ${snapshots}`
    return { code: 'data.no-valid-snapshot', message, file: snapshots }
  }
  const { file, why, message } = passed.at(-1)!
  return { code: 'data.snapshot-refused', message: message ?? why, file }
}

const FILES = 'org.apache.zookeeper.server.persistence.FileTxnSnapLog$'

/** FileTxnSnapLog's constructor. */
function folderRefusal(
  places: Places,
  { snapshots, logs }: Start['folders'],
  settings: LoaderSettings,
): Refusal | null {
  for (const [folder, what] of [
    [logs, 'data'],
    [snapshots, 'snap'],
  ] as const) {
    const refused = unusable(folder, what, settings)
    if (refused !== null) return refused
  }
  if (places.snapshots === places.logs) return null
  const hint = 'Check if dataLogDir and dataDir configuration is correct.'
  if ((logs.names ?? []).some((name) => name.startsWith('snapshot.'))) {
    return {
      code: 'data.mixed',
      message: `${FILES}LogDirContentCheckException: Log directory has snapshot files. ${hint}`,
      file: logs.path,
    }
  }
  if ((snapshots.names ?? []).some((name) => name.startsWith('log.'))) {
    return {
      code: 'data.mixed',
      message: `${FILES}SnapDirContentCheckException: Snapshot directory has log files. ${hint}`,
      file: snapshots.path,
    }
  }
  return null
}

function unusable({ path, state, writable }: Folder, what: 'data' | 'snap', settings: LoaderSettings): Refusal | null {
  const exception = isSince(settings.release, '3.5.0') ? `${FILES}DatadirException` : 'java.io.IOException'
  if (state === 'missing') {
    if (!settings.createsDirectories) {
      const message = `${FILES}DatadirException: Missing ${what} directory ${path}, automatic data directory creation is disabled (zookeeper.datadir.autocreate is false). Please create this directory manually.`
      return { code: 'data.missing', message, file: path }
    }
    if (canCreate(path)) return null
    return {
      code: 'data.missing',
      message: `${exception}: Unable to create ${what} directory ${path}`,
      file: path,
    }
  }
  if (writable) return null
  return {
    code: 'data.not-writable',
    message: `${exception}: Cannot write to ${what} directory ${path}`,
    file: path,
  }
}

function canCreate(path: string): boolean {
  for (let parent = dirname(path); ; parent = dirname(parent)) {
    const { state, writable } = readFolder(parent)
    if (state === 'there') return writable
    if (state === 'no-directory' || parent === dirname(parent)) return false
  }
}
