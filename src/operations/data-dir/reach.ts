/*
 * How far a server that starts gets, by what is quickly seen: the newest snapshot that passes the server's own cheap
 * test (its last bytes; Util/SnapStream.isValidSnapshot), and the logs that it replays from there, read to their ends.
 */
import { open } from 'node:fs/promises'
import { type LogFile, listLogs } from '../../datadir/log-files.ts'
import { findSnapshots, logsFrom, type SnapshotFile } from '../../datadir/snapshot-files.ts'
import { createKernel } from '../../formats/kernel/create.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { type ReadLogsOptions, readLogFiles } from '../read-logs.ts'
import type { DataPlace } from './place.ts'

export interface Reach {
  readonly snapshot: (SnapshotFile & { readonly nameZxid: bigint }) | null
  /** The logs that are replayed. */
  readonly logs: readonly LogFile[]
  /** The highest zxid; 0 where there is nothing. */
  readonly lastZxid: bigint
  /** What keeps a log from being read to its end. */
  readonly findings: readonly Finding[]
  /** Neither snapshots nor logs. */
  readonly empty: boolean
}

/** Throws `input.*` when a directory or a log cannot be opened. */
export async function reachOf(place: DataPlace, options: Omit<ReadLogsOptions, 'places'>): Promise<Reach> {
  const snapshots = await snapshotsIn(place.snapshots)
  const all = (await listLogs(place.logs)).logs
  let snapshot: Reach['snapshot'] = null
  for (const { nameZxid, ...file } of snapshots) {
    if (nameZxid === null || !(await seemsWhole(file.file))) continue
    snapshot = { ...file, nameZxid }
    break
  }
  const from = snapshot?.nameZxid ?? 0n
  const logs = logsFrom(all, from + 1n)
  let lastZxid = from
  const findings: Finding[] = []
  for await (const part of readLogFiles(createKernel(), logs, {}, options)) {
    if (part.kind !== 'end') continue
    findings.push(...part.findings)
    if (part.lastZxid !== null && part.lastZxid > lastZxid) lastZxid = part.lastZxid
  }
  return { snapshot, logs, lastZxid, findings, empty: snapshots.length + all.length === 0 }
}

/** Newest first; none is no error. */
export async function snapshotsIn(folder: string): Promise<readonly SnapshotFile[]> {
  return findSnapshots(folder).catch((error) => {
    if (error instanceof ZkopsError && error.code === 'input.no-snapshots') return []
    throw error
  })
}

/** The end of every whole plain snapshot: the path "/" that closes it. */
const CLOSING = Buffer.from([0, 0, 0, 1, 0x2f])
const LEAST_BYTES = 10
const GZIP = Buffer.from([0x1f, 0x8b])
const SNAPPY = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0])

/** The server's cheap test: the closing bytes of a plain snapshot, the first ones of a compressed one. */
export async function seemsWhole(file: string): Promise<boolean> {
  const handle = await open(file, 'r').catch(() => undefined)
  if (handle === undefined) return false
  try {
    const { size } = await handle.stat()
    const at = async (length: number, position: number) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position)
      return buffer.subarray(0, bytesRead)
    }
    if (/\.gz$/i.test(file)) return (await at(GZIP.length, 0)).equals(GZIP)
    if (/\.snappy$/i.test(file)) return (await at(SNAPPY.length, 0)).equals(SNAPPY)
    return size >= LEAST_BYTES && (await at(CLOSING.length, size - CLOSING.length)).equals(CLOSING)
  } catch {
    // a directory of such a name
    return false
  } finally {
    await handle.close()
  }
}
