/*
 * Restores the data tree of a server from its files, up to a point:
 *
 * 1. The newest snapshot at or below the point that is whole is loaded; those that are not are told. A fuzzy one that
 *    already holds effects from beyond the point gives way to an older one.
 * 2. The logs that a server would read are replayed from the next zxid on, up to the point. A log that ends in damage a
 *    server refuses ends the replay.
 * 3. Every digest on the way is compared: the proof tells what was.
 *
 * Values stay in the files. Memory is flat apart from the tree.
 */
import { openSource } from '../datadir/byte-source.ts'
import { findLogs, type LogFile } from '../datadir/log-files.ts'
import { findSnapshots, logsFrom, type SnapshotFile } from '../datadir/snapshot-files.ts'
import { FormatError } from '../formats/errors.ts'
import { FIELD, payloadLimit, type RecordBatch, zxidAt } from '../formats/txnlog/scan.ts'
import { ZkopsError } from '../support/errors.ts'
import type { Finding } from '../support/finding.ts'
import { hex64 } from '../support/hex.ts'
import type { Progress } from '../support/progress.ts'
import { type LoadedSnapshot, loadFresh, loadSnapshot } from '../tree/load.ts'
import { type ReplayProof, startReplay } from '../tree/replay.ts'
import { createTree, type Tree, type TreeOptions } from '../tree/tree.ts'
import { readLogFiles } from './read-logs.ts'
import { orderCheck } from './zxid-order.ts'

/** The point up to which transactions count; all of what is given must hold. */
export interface RestorePoint {
  /** Inclusive. */
  readonly zxid?: bigint
  /** Milliseconds since 1970, inclusive, by the leader's clock. */
  readonly timeMs?: number
  /** Ends before the first record for which this holds. */
  readonly before?: (batch: RecordBatch, row: number) => boolean
}

export interface RestoreOptions {
  /** Where snapshots lie: files, a `version-2`, data directories. */
  readonly snapshots: readonly string[]
  /** Where logs lie; the same kinds of places. */
  readonly logs: readonly string[]
  readonly until?: RestorePoint
  readonly juteMaxbuffer: number
  readonly tree?: Pick<TreeOptions, 'rules' | 'extendedTypes' | 'kernel'>
  /** Take a fuzzy snapshot even if it holds effects from beyond the point. */
  readonly allowAhead?: boolean
  /** Start with a fresh tree when there is no snapshot (a server does only with `snapshot.trust.empty`). */
  readonly trustEmpty?: boolean
  readonly signal: AbortSignal
  readonly progress: Progress
}

/** A snapshot that could not be used. */
export interface Rejected {
  readonly file: string
  /** In a few words. */
  readonly reason: string
  readonly offset: number | null
  /** Not whole; else it is only too new for the point. */
  readonly damaged: boolean
}

/** A snapshot whose name tells a zxid. */
export interface NamedSnapshot extends SnapshotFile {
  readonly zxid: bigint
}

export interface Restored {
  readonly tree: Tree
  /** Null: a fresh tree. */
  readonly snapshot: (NamedSnapshot & LoadedSnapshot) | null
  /** Newer ones that are not whole, or hold effects from beyond the point. */
  readonly rejected: readonly Rejected[]
  /** Only the logs that a server would read. */
  readonly logs: readonly LogFile[]
  /** Those that transactions of the tree come from. */
  readonly used: readonly LogFile[]
  /** File by the number that places of values carry; the snapshot is 0. */
  readonly sources: readonly string[]
  readonly proof: ReplayProof
  /** Whether the point came before the end of the logs. */
  readonly stopped: boolean
  /** How the logs end, and transactions that are missing in them. */
  readonly findings: readonly Finding[]
}

/** Throws `input.no-snapshot` when there is none that is whole and not beyond the point, and `input.*` of the files. */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { until = {}, juteMaxbuffer } = options
  const tree = createTree({ ...options.tree, limit: payloadLimit(juteMaxbuffer) })
  const logs = options.logs.length === 0 ? [] : (await findLogs(options.logs)).logs
  const found = await candidates(options.snapshots)
  const rejected: Rejected[] = []
  const reject = (file: string, reason: string, offset: number | null = null, damaged = false) => {
    rejected.push({ file, reason, offset, damaged })
    tree.kernel.reset()
  }
  for (const candidate of found) {
    if (until.zxid !== undefined && candidate.zxid > until.zxid) continue
    const loaded = await loadFile(tree, candidate.file, options.signal)
    if (loaded instanceof ZkopsError) {
      reject(candidate.file, loaded.message, loaded.offset ?? null, true)
      continue
    }
    const snapshot = { ...candidate, ...loaded }
    if (until.timeMs !== undefined && loaded.highestTimeMs > BigInt(until.timeMs)) {
      reject(candidate.file, 'it was written after the point in time')
      continue
    }
    const { startsBeyond, ...replayed } = await replay(tree, snapshot, logs, options)
    const reach = reachOf(snapshot)
    if (startsBeyond) reject(candidate.file, 'it was written after the point')
    else if (replayed.stopped && reach > replayed.proof.toZxid && !options.allowAhead) {
      reject(candidate.file, `it holds effects of transactions up to ${hex64(reach)}, beyond the point`)
    } else return { tree, snapshot, rejected, ...replayed }
  }
  if (rejected.length === 0 && options.trustEmpty) {
    loadFresh(tree)
    const { startsBeyond: _, ...replayed } = await replay(tree, null, logs, options)
    return { tree, snapshot: null, rejected, ...replayed }
  }
  throw new ZkopsError('input.no-snapshot', noSnapshot(found, rejected, until), {
    hint: 'Give a later point, or the directory of older snapshots.',
  })
}

/** The snapshots at all places, newest first; the zxid of a name decides where a replay goes on. */
async function candidates(places: readonly string[]): Promise<readonly NamedSnapshot[]> {
  const found: NamedSnapshot[] = []
  for (const place of places) {
    const files = await findSnapshots(place).catch((error) => {
      if (error instanceof ZkopsError && error.code === 'input.no-snapshots') return []
      throw error
    })
    for (const file of files) if (file.nameZxid !== null) found.push({ ...file, zxid: file.nameZxid })
  }
  return found.sort((a, b) => (a.zxid > b.zxid ? -1 : a.zxid < b.zxid ? 1 : 0))
}

/** What a snapshot may hold already: a fuzzy one has effects of transactions behind its name's zxid. */
function reachOf({ zxid, digest, highestZxid }: NamedSnapshot & LoadedSnapshot): bigint {
  return [digest?.zxid ?? 0n, highestZxid].reduce((most, one) => (one > most ? one : most), zxid)
}

/** An error when the snapshot is not whole. */
export async function loadFile(tree: Tree, file: string, signal: AbortSignal): Promise<LoadedSnapshot | ZkopsError> {
  const source = await openSource(file, signal)
  try {
    return await loadSnapshot(tree, source.read, 0)
  } catch (error) {
    const broken = error instanceof FormatError || (error instanceof ZkopsError && error.code === 'input.compression')
    if (broken) return error
    throw error
  } finally {
    await source.close()
  }
}

interface Replayed extends Pick<Restored, 'logs' | 'used' | 'sources' | 'proof' | 'findings' | 'stopped'> {
  /** The point lies before the snapshot. */
  readonly startsBeyond: boolean
}

async function replay(
  tree: Tree,
  snapshot: (NamedSnapshot & LoadedSnapshot) | null,
  all: readonly LogFile[],
  options: RestoreOptions,
): Promise<Replayed> {
  const zxid = snapshot?.zxid ?? 0n
  const logs = logsFrom(all, zxid + 1n)
  const run = startReplay(tree, zxid, snapshot?.digest ?? null)
  const findings: Finding[] = []
  const ends = pointIn(options.until ?? {})
  const order = orderCheck([zxid])
  const used = new Set<LogFile>()
  let applied = 0
  let stopped = false
  let startsBeyond = false
  for await (const part of readLogFiles(tree.kernel.log, logs, {}, options)) {
    if (part.kind === 'end') {
      findings.push(...order.endOfFile(), ...part.findings)
      if (part.tail === 'damaged') break
      continue
    }
    const end = ends(part)
    run.apply(part, 1 + logs.indexOf(part.log), 0, end)
    const state = tree.kernel.state()
    if (state.applied > applied) used.add(part.log)
    applied = state.applied
    if (end > 0) order.batch({ ...part, count: end })
    if (end === part.count) continue
    stopped = true
    startsBeyond = zxidAt(part, end) <= zxid
    break
  }
  findings.push(...order.endOfFile())
  const sources = [snapshot?.file ?? '', ...logs.map(({ file }) => file)]
  return { logs, used: [...used], sources, proof: run.proof(), findings, stopped, startsBeyond }
}

function noSnapshot(found: readonly NamedSnapshot[], rejected: readonly Rejected[], { zxid }: RestorePoint): string {
  if (found.length === 0) return 'There is no snapshot'
  if (rejected.length > 0) return `No snapshot can be used; ${rejected[0]!.file}: ${rejected[0]!.reason}`
  return `All snapshots are newer than ${hex64(zxid ?? 0n)}`
}

/** How many records of a batch lie before the point. */
function pointIn({ zxid, timeMs, before }: RestorePoint): (batch: RecordBatch) => number {
  if (zxid === undefined && timeMs === undefined && before === undefined) return ({ count }) => count
  return (batch) => {
    const { view, table, count } = batch
    for (let i = 0; i < count; i++) {
      const at = table[2 * i]!
      if (zxid !== undefined && view.getBigInt64(at + FIELD.zxid) > zxid) return i
      if (timeMs !== undefined && Number(view.getBigInt64(at + FIELD.timeMs)) > timeMs) return i
      if (before?.(batch, i)) return i
    }
    return count
  }
}
