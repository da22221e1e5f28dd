/*
 * How far a server that starts gets, without its tree: the snapshot that it takes, and the logs that it replays from
 * there (the doctor's predictStart is the whole start, by release).
 *
 *   quick   the newest snapshot that passes the server's own look at it; of long logs both ends only
 *   whole   the newest one that a server loads; logs are read to their ends
 */
import { NEWEST_LINE, releaseOf } from '../../config/release.ts'
import { notACandidate } from '../../datadir/candidate-snapshot.ts'
import { diskSize } from '../../datadir/disk-size.ts'
import { logEnds } from '../../datadir/log-ends.ts'
import { type LogFile, listLogs } from '../../datadir/log-files.ts'
import { logsFrom, type SnapshotFile } from '../../datadir/snapshot-files.ts'
import { createKernel } from '../../formats/kernel/create.ts'
import { FIELD, payloadLimit, type RecordBatch } from '../../formats/txnlog/scan.ts'
import { maxOf } from '../../support/bigint.ts'
import type { Finding } from '../../support/finding.ts'
import { readFolder, snapshotsIn } from '../doctor/listing.ts'
import { type ReadLogsOptions, readLog } from '../read-logs.ts'
import type { DataPlace } from './place.ts'

type NamedSnapshot = SnapshotFile & { readonly nameZxid: bigint }

export interface Reach {
  readonly snapshot: NamedSnapshot | null
  /** The logs that are replayed. */
  readonly logs: readonly LogFile[]
  /** The highest zxid; 0 where there is nothing. */
  readonly lastZxid: bigint
  /** What keeps a snapshot or a log from being read to its end. */
  readonly findings: readonly Finding[]
  /** Neither snapshots nor logs. */
  readonly empty: boolean
}

export interface ReachOptions extends Omit<ReadLogsOptions, 'places'> {
  readonly depth: 'quick' | 'whole'
}

/** So much is read to its end in the time that a command takes to start. */
const QUICK_BYTES = 16 << 20

/** Throws `input.*` when a directory or a log cannot be opened. */
export async function reachOf(place: DataPlace, options: ReachOptions): Promise<Reach> {
  const { logs: all } = await listLogs(place.logs)
  const snapshots = snapshotsIn(readFolder(place.snapshots), true)
  const findings: Finding[] = []
  const snapshot = await snapshotOf(snapshots, options, findings)
  const from = snapshot?.nameZxid ?? 0n
  const logs = logsFrom(all, from + 1n)
  const quick = options.depth === 'quick' && (await bytesOf(logs)) > QUICK_BYTES
  const kernel = createKernel()
  let lastZxid = from
  for (const [i, log] of logs.entries()) {
    const ends = quick ? await logEnds(log.file, payloadLimit(options.juteMaxbuffer)) : undefined
    if (ends !== undefined) {
      lastZxid = maxOf(lastZxid, ends.lastZxid ?? 0n)
      continue
    }
    for await (const part of readLog(kernel, log, i === logs.length - 1, {}, options)) {
      if (part.kind === 'end') findings.push(...part.findings)
      else lastZxid = maxOf(lastZxid, highestIn(part))
    }
  }
  return { snapshot, logs, lastZxid, findings, empty: snapshots.length + all.length === 0 }
}

async function snapshotOf(
  snapshots: readonly NamedSnapshot[],
  { depth, signal, progress }: ReachOptions,
  findings: Finding[],
): Promise<NamedSnapshot | null> {
  const candidates = snapshots.filter((one) => notACandidate(one) === undefined)
  if (depth === 'quick') return candidates[0] ?? null
  const { judgeSnapshot } = await import('../doctor/judge-snapshot.ts')
  const { loaderSettings } = await import('../doctor/settings.ts')
  const settings = loaderSettings(releaseOf(NEWEST_LINE)!, 'quorum', new Map())
  for (const snapshot of candidates) {
    const { accepts, why } = await judgeSnapshot(snapshot, { settings, signal, progress })
    if (accepts) return snapshot
    const { file, nameZxid: zxid } = snapshot
    findings.push({
      code: 'data.snapshot-failed',
      severity: 'error',
      message: `a server reads it and fails: ${why}`,
      file,
      zxid,
    })
  }
  return null
}

/** The highest zxid of a batch, as servers compare: signed. */
function highestIn({ view, table, count }: RecordBatch): bigint {
  let high = -(2 ** 31)
  let low = 0
  for (let i = 0; i < count; i++) {
    const at = table[2 * i]! + FIELD.zxid
    const left = view.getInt32(at)
    const right = view.getUint32(at + 4)
    if (left < high || (left === high && right <= low)) continue
    high = left
    low = right
  }
  return (BigInt(high) << 32n) + BigInt(low)
}

async function bytesOf(logs: readonly LogFile[]): Promise<number> {
  const sizes = await Promise.all(logs.map(({ file }) => diskSize(file)))
  // what was allocated ahead and never written takes no time
  return sizes.reduce(
    (sum, size) => sum + (size === undefined ? 0 : Math.min(size.apparentBytes, size.allocatedBytes)),
    0,
  )
}
