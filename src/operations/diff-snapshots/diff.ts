/*
 * snapshot diff:
 *
 * 1. The left snapshot is read to its end: an index of where each node lies, 27 bytes a node at most.
 * 2. The right one is read; each node is looked up and held against the left one's bytes, byte by byte.
 * 3. What was never looked up is on the left alone.
 *
 * Both must be whole: an end that is missing would pass for nodes that are gone.
 */

import { keepStdin } from '../../datadir/stdin-copy.ts'
import type { Finding } from '../../support/finding.ts'
import { type ReadSnapshotOptions, readSnapshot } from '../read-snapshot.ts'
import { requireWhole } from '../whole-snapshot.ts'
import { type ChangeCounts, type NodeChange, NodeComparison } from './compare.ts'
import { openLeftSide } from './left-side.ts'
import { openSide, type Side, type SidePlace } from './side.ts'

export interface DiffSnapshotsOptions extends ReadSnapshotOptions {
  readonly before: SidePlace
  readonly after: SidePlace
  /** Differences in nothing but zxids, times and cversion count, too. */
  readonly stat: boolean
  /** Gets every node that differs: changed and added ones in the order of the right side, then removed ones. */
  readonly onChange?: ((change: NodeChange) => void) | undefined
}

export interface DiffSide {
  readonly where: string
  /** The snapshot, and the logs behind it. */
  readonly file: string
  readonly logs: readonly string[]
  readonly zxid: bigint | null
  readonly nodes: number
}

export interface DiffSnapshotsResult extends ChangeCounts {
  readonly sides: readonly [DiffSide, DiffSide]
  /** About finding the trees: snapshots that were passed over, logs that are missing. */
  readonly findings: readonly Finding[]
}

/** Throws `input.damaged` when a snapshot is not whole, and `input.*` when there is none or it cannot be read. */
export async function diffSnapshots(options: DiffSnapshotsOptions): Promise<DiffSnapshotsResult> {
  const { before, after } = options
  if (before.place === '-' && after.place === '-') await keepStdin(['-'], options.signal)
  const a = await openSide(before, options)
  try {
    const b = await openSide(after, options)
    try {
      return await compare(a, b, options)
    } finally {
      await b.close()
    }
  } finally {
    await a.close()
  }
}

async function compare(a: Side, b: Side, options: DiffSnapshotsOptions): Promise<DiffSnapshotsResult> {
  const { before, after, stat, onChange } = options
  const left = await openLeftSide(a.snapshot, options)
  try {
    const comparison = new NodeComparison({ left, leftFile: a.file, rightFile: b.file, stat, onChange })
    let nodes = 0
    for await (const part of readSnapshot(b.snapshot, options)) {
      if (part.kind === 'nodes') comparison.batch(part)
      else if (part.kind === 'end') {
        requireWhole(part, b.file)
        nodes = part.end.nodes
      }
    }
    const counts = comparison.finish()
    return {
      ...counts,
      sides: [sideOf(before, a, left.index.count), sideOf(after, b, nodes)],
      findings: [...a.findings, ...b.findings],
    }
  } finally {
    await left.close()
  }
}

function sideOf({ place }: SidePlace, { file, logs, zxid }: Side, nodes: number): DiffSide {
  return { where: place, file, logs, zxid, nodes }
}
