import { findSnapshots, type SnapshotFile } from '../datadir/snapshot-files.ts'
import { ZkopsError } from '../support/errors.ts'
import type { Finding } from '../support/finding.ts'
import type { ReadSnapshotOptions } from './read-snapshot.ts'
import { examineSnapshot } from './verify-snapshot.ts'

export interface UsableSnapshot {
  readonly snapshot: SnapshotFile
  /** Newer ones that are damaged. */
  readonly findings: readonly Finding[]
}

/**
 * The snapshot that a command works on: a file as it is; of a directory the newest one that is whole (under any server's
 * settings), which takes reading it. Throws `input.*` when there is none.
 */
export async function usableSnapshot(place: string, options: ReadSnapshotOptions): Promise<UsableSnapshot> {
  const found = await findSnapshots(place)
  if (found.length === 1 && found[0]!.file === place) return { snapshot: found[0]!, findings: [] }
  const findings: Finding[] = []
  for (const snapshot of found) {
    const { result, whole } = await examineSnapshot(snapshot, { ...options, digest: false })
    if (whole) return { snapshot, findings }
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
