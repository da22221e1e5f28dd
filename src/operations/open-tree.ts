/*
 * The tree of a moment, for every command that looks into one:
 *
 *   a snapshot alone              that file exactly; its name tells the zxid
 *   a snapshot and a log place    the same and the logs behind it, up to the moment
 *   a directory                   its newest usable snapshot at or below the moment, and the logs behind it
 */
import { basename } from 'node:path'
import { findLogs, isDirectory } from '../datadir/log-files.ts'
import { findSnapshots } from '../datadir/snapshot-files.ts'
import { keepStdin } from '../datadir/stdin-copy.ts'
import { payloadLimit } from '../formats/txnlog/scan.ts'
import { ZkopsError } from '../support/errors.ts'
import type { Finding } from '../support/finding.ts'
import { hex64 } from '../support/hex.ts'
import type { Moment } from '../support/moment.ts'
import type { Progress } from '../support/progress.ts'
import type { LoadedSnapshot } from '../tree/load.ts'
import { type ReplayProof, startReplay } from '../tree/replay.ts'
import { createTree, type Tree } from '../tree/tree.ts'
import { loadFile, type Rejected, restore } from './restore.ts'
import { namedTree, type TreePlace } from './tree-place.ts'

export interface OpenTreeOptions extends TreePlace {
  /** The servers' `jute.maxbuffer` in bytes. */
  readonly juteMaxbuffer: number
  readonly signal: AbortSignal
  readonly progress: Progress
}

export interface OpenTree {
  readonly tree: Tree
  readonly snapshot: LoadedSnapshot & { readonly file: string }
  /** Logs that transactions of the tree come from. */
  readonly logs: readonly string[]
  /** File by the number that places of values carry; see tree-values.ts. */
  readonly sources: readonly string[]
  /** Of the last transaction in it; null for a snapshot whose name does not tell. */
  readonly zxid: bigint | null
  /** When that was, by the leader's clock; of a snapshot alone the latest time that a znode carries. */
  readonly timeMs: number | null
  readonly replay: ReplayProof
  /** Whether the files carry digests to hold the tree against. */
  readonly digests: boolean
  readonly findings: readonly Finding[]
}

/** Throws `input.*` when there is no usable snapshot or a file cannot be read, `usage` for a moment of a file alone. */
export async function openTree(options: OpenTreeOptions): Promise<OpenTree> {
  const { signal } = options
  const { place, at = {}, logDir } = await namedTree(options)
  const directory = place !== '-' && (await isDirectory(place))
  if (!directory && logDir === undefined) {
    if (at.zxid !== undefined || at.timeMs !== undefined) {
      throw new ZkopsError('usage', `${place} is a snapshot alone, which holds one moment only`, {
        hint: 'Give its directory, or the directory of the logs with --log-dir.',
      })
    }
    await keepStdin([place], signal)
    return openFile(place, options)
  }
  const logs = await logPlaces(place, logDir)
  const restored = await restore({ ...options, snapshots: [place], logs, until: at })
  const { tree, snapshot, proof, sources } = restored
  const used = restored.used.map(({ file }) => file)
  return {
    tree,
    snapshot: snapshot!,
    logs: used,
    sources,
    zxid: proof.toZxid,
    timeMs: timeOf(proof.lastTimeMs ?? snapshot!.highestTimeMs),
    replay: proof,
    digests: snapshot!.digest !== null || proof.checked > 0,
    findings: [
      ...restored.rejected.map(passedOver),
      ...holeBehind(snapshot!.zxid, proof, used[0]),
      ...restored.findings,
      ...(restored.stopped ? [] : shortOf(at, proof.toZxid)),
      ...notProved(proof, sources),
    ],
  }
}

/** A snapshot as it is. */
async function openFile(place: string, { juteMaxbuffer, signal, progress }: OpenTreeOptions): Promise<OpenTree> {
  const tree = createTree({ limit: payloadLimit(juteMaxbuffer) })
  progress.start(place, undefined, 'bytes')
  const loaded = await loadFile(tree, place, signal)
  progress.finish()
  if (loaded instanceof Error) throw damagedSnapshot(place, loaded.message, loaded.offset)
  const { nameZxid } = (await findSnapshots(place))[0]!
  const replay = startReplay(tree, nameZxid ?? loaded.digest?.zxid ?? 0n, loaded.digest).proof()
  return {
    tree,
    snapshot: { ...loaded, file: place },
    logs: [],
    sources: [place],
    zxid: nameZxid ?? loaded.lastZxid,
    timeMs: timeOf(loaded.highestTimeMs),
    replay,
    digests: loaded.digest !== null,
    findings: notProved(replay, [place]),
  }
}

/** Logs that were asked for must be there; beside a snapshot there need not be any. */
export async function logPlaces(place: string, logDir: string | undefined): Promise<readonly string[]> {
  if (logDir !== undefined) return [logDir]
  try {
    await findLogs([place])
    return [place]
  } catch (error) {
    if (error instanceof ZkopsError && error.code === 'input.no-logs') return []
    throw error
  }
}

function timeOf(timeMs: bigint): number | null {
  return timeMs > 0n ? Number(timeMs) : null
}

export function passedOver({ file, reason, offset, damaged }: Rejected): Finding {
  return {
    code: 'snapshot.passed-over',
    severity: damaged ? 'warning' : 'info',
    message: `${damaged ? 'damaged' : 'too new'}, so an older snapshot is used: ${reason}`,
    file,
    ...(offset === null ? {} : { offset }),
    ...(damaged ? { remedy: `zkops snapshot verify ${basename(file)} tells more.` } : {}),
  }
}

/** Transactions between the snapshot and the first one that was replayed. */
function holeBehind(snapshot: bigint, { fromZxid }: ReplayProof, log: string | undefined): Finding[] {
  if (fromZxid === null || fromZxid <= snapshot + 1n) return []
  if (fromZxid >> 32n > snapshot >> 32n && (fromZxid & 0xffffffffn) === 1n) return []
  return [
    {
      code: 'tree.hole',
      severity: 'error',
      message: `the logs go on with ${hex64(fromZxid)}: what came between ${hex64(snapshot)} and that is missing`,
      ...(log === undefined ? {} : { file: log }),
      zxid: fromZxid,
      remedy: 'Find the log that holds these transactions, or take another snapshot.',
    },
  ]
}

/** The moment lies behind all there is. */
function shortOf({ zxid }: Moment, reached: bigint): Finding[] {
  if (zxid === undefined || reached >= zxid) return []
  return [
    {
      code: 'tree.short',
      severity: 'warning',
      message: `the files end at ${hex64(reached)}, before ${hex64(zxid)}: this is the tree of ${hex64(reached)}`,
      zxid: reached,
      remedy: 'Give the place of later logs with --log-dir, or a moment that the files hold.',
    },
  ]
}

/** The tree is not the one that the servers had. */
function notProved({ firstMismatch, snapshotDigest }: ReplayProof, sources: readonly string[]): Finding[] {
  if (firstMismatch !== null) {
    const { zxid, path, source, offset, suspected, matchesAgainAt, expected, actual } = firstMismatch
    return [
      {
        code: 'tree.digest',
        severity: 'error',
        message: `from ${hex64(zxid)} on the tree is not the one that the servers had: the digests differ`,
        file: sources[source]!,
        offset,
        zxid,
        ...(path === null ? {} : { path: path === '' ? '/' : path }),
        evidence: { expected, actual, suspected, matchesAgainAt },
        remedy: 'Begin with an older snapshot, or take the files of another member.',
      },
    ]
  }
  if (snapshotDigest !== 'wrong') return []
  return [
    {
      code: 'tree.digest',
      severity: 'error',
      message: 'the tree is not the one that the snapshot was made of: its digest differs',
      file: sources[0]!,
      remedy: 'Take an older snapshot with the logs behind it, or the files of another member.',
    },
  ]
}

export function damagedSnapshot(file: string, why: string, offset: number | undefined): ZkopsError {
  return new ZkopsError('input.damaged-snapshot', `${file} cannot be used: ${why}`, {
    file,
    offset,
    hint: `zkops snapshot verify ${file} tells more.`,
  })
}
