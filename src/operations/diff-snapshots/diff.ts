/*
 * snapshot diff:
 *
 * 1. The left snapshot is read to its end: an index of where each node lies, 27 bytes a node at most.
 * 2. The right one is read; each node is looked up and held against the left one's bytes, byte by byte.
 * 3. What was never looked up is on the left alone.
 *
 * Both must be whole: an end that is missing would pass for nodes that are gone.
 */

import type { SnapshotFile } from '../../datadir/snapshot-files.ts'
import { keepStdin } from '../../datadir/stdin-copy.ts'
import type { Finding } from '../../support/finding.ts'
import { type ReadSnapshotOptions, readSnapshot } from '../read-snapshot.ts'
import { usableSnapshot } from '../usable-snapshot.ts'
import { requireWhole } from '../whole-snapshot.ts'
import { type ChangeCounts, type NodeChange, NodeComparison } from './compare.ts'
import { openLeftSide } from './left-side.ts'

export interface DiffSnapshotsOptions extends ReadSnapshotOptions {
  /** A file, `-`, or a directory: its newest snapshot that is whole. */
  readonly before: string
  readonly after: string
  /** Differences in nothing but zxids, times and cversion count, too. */
  readonly stat: boolean
  /** Gets every node that differs: changed and added ones in the order of the right side, then removed ones. */
  readonly onChange?: ((change: NodeChange) => void) | undefined
}

export interface DiffSide {
  readonly where: string
  readonly file: string
  /** By its name. */
  readonly zxid: bigint | null
  readonly nodes: number
}

export interface DiffSnapshotsResult extends ChangeCounts {
  readonly sides: readonly [DiffSide, DiffSide]
  /** Damaged snapshots that were passed over. */
  readonly findings: readonly Finding[]
}

/** Throws `input.damaged` when a snapshot is not whole, and `input.*` when there is none or it cannot be read. */
export async function diffSnapshots(options: DiffSnapshotsOptions): Promise<DiffSnapshotsResult> {
  const { before, after, stat, onChange } = options
  if (before === '-' && after === '-') await keepStdin(['-'], options.signal)
  const a = await usableSnapshot(before, options)
  const b = await usableSnapshot(after, options)
  const left = await openLeftSide(a.snapshot, options)
  try {
    const files = { leftFile: a.snapshot.file, rightFile: b.snapshot.file }
    const comparison = new NodeComparison({ left, ...files, stat, onChange })
    let nodes = 0
    for await (const part of readSnapshot(b.snapshot, options)) {
      if (part.kind === 'nodes') comparison.batch(part)
      else if (part.kind === 'end') {
        requireWhole(part, b.snapshot.file)
        nodes = part.end.nodes
      }
    }
    const counts = comparison.finish()
    return {
      ...counts,
      sides: [sideOf(before, a.snapshot, left.index.count), sideOf(after, b.snapshot, nodes)],
      findings: [...a.findings, ...b.findings],
    }
  } finally {
    await left.close()
  }
}

function sideOf(where: string, { file, nameZxid }: SnapshotFile, nodes: number): DiffSide {
  return { where, file, zxid: nameZxid, nodes }
}
