import { isDirectory, listLogs, versionFolder } from '../datadir/log-files.ts'
import { findSnapshots } from '../datadir/snapshot-files.ts'
import { ZkopsError } from '../support/errors.ts'
import type { Finding } from '../support/finding.ts'
import type { ReadableSnapshot, ReadSnapshotOptions } from './read-snapshot.ts'
import { type NamedTree, namedTree, type TreePlace } from './tree-place.ts'
import { examineSnapshot } from './verify-snapshot.ts'

export interface UsableSnapshot {
  readonly snapshot: ReadableSnapshot
  /** Those that transactions in it come from. */
  readonly logs: readonly string[]
  /** Newer ones that are damaged; of the tree of a moment, what stands against it. */
  readonly findings: readonly Finding[]
}

/**
 * The snapshot that a command works on: a file as it is; of a directory the newest one that is whole (under any server's
 * settings), which takes reading it. Where a moment or a place of logs is given, and of a directory where its `latest`
 * tree is wanted, it is that tree, read as if it were a snapshot. Throws `input.*` when there is none.
 */
export async function usableSnapshot(
  place: TreePlace,
  options: ReadSnapshotOptions,
  directory: 'whole' | 'latest' = 'whole',
): Promise<UsableSnapshot> {
  const named = await namedTree(place)
  const latest = !named.replayed && directory === 'latest' && (await hasLogs(named))
  if (!named.replayed && !latest) return wholeSnapshot(named.place, options)
  // loaded when asked for
  const { momentSnapshot } = await import('./moment-snapshot.ts')
  return momentSnapshot(named, options)
}

async function hasLogs({ place, logDir }: NamedTree): Promise<boolean> {
  if (place === '-' || !(await isDirectory(place))) return false
  return logDir !== undefined || (await listLogs(await versionFolder(place))).logs.length > 0
}

async function wholeSnapshot(place: string, options: ReadSnapshotOptions): Promise<UsableSnapshot> {
  const found = await findSnapshots(place)
  if (found.length === 1 && found[0]!.file === place) return { snapshot: found[0]!, logs: [], findings: [] }
  const findings: Finding[] = []
  for (const snapshot of found) {
    const { result, whole } = await examineSnapshot(snapshot, { ...options, digest: false })
    if (whole) return { snapshot, logs: [], findings }
    findings.push({
      code: 'snapshot.passed-over',
      severity: 'warning',
      message: `damaged, so an older snapshot is used: ${result.findings[0]!.message}`,
      file: snapshot.file,
      remedy: `zkops snapshot verify ${snapshot.file} tells more.`,
    })
  }
  throw new ZkopsError(
    'input.no-snapshots',
    `${place} holds no snapshot that is whole: ${findings.length} are damaged`,
    {
      file: place,
      hint: `Name a file to see what is in it, e.g. ${found[0]!.file}.`,
    },
  )
}
