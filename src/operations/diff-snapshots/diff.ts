/*
 * snapshot diff:
 *
 * 1. The left snapshot is read to its end: an index of where each node lies, 27 bytes a node at most.
 * 2. The right one is read; each node is looked up and held against the left one's bytes, byte by byte.
 * 3. What was never looked up is on the left alone.
 *
 * Both must be whole: an end that is missing would pass for nodes that are gone.
 */

import { isDirectory } from '../../datadir/log-files.ts'
import { keepStdin } from '../../datadir/stdin-copy.ts'
import type { Finding } from '../../support/finding.ts'
import { type ReadSnapshotOptions, readSnapshot } from '../read-snapshot.ts'
import { type NamedTree, namedTree, type TreePlace } from '../tree-place.ts'
import { type UsableSnapshot, usableSnapshot } from '../usable-snapshot.ts'
import { requireWhole } from '../whole-snapshot.ts'
import { type ChangeCounts, type NodeChange, NodeComparison } from './compare.ts'
import { openLeftSide } from './left-side.ts'

export interface DiffSnapshotsOptions extends ReadSnapshotOptions {
  /** Of a directory its latest tree, unless a moment is given. */
  readonly before: TreePlace
  readonly after: TreePlace
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
  const [before, after] = [await namedTree(options.before), await namedTree(options.after)]
  if (before.place === '-' && after.place === '-') await keepStdin(['-'], options.signal)
  // that it is there is known before the first one is read
  else if (after.place !== '-') await isDirectory(after.place)
  const { left, ...a } = await readLeft(before, options)
  try {
    const right = await usableSnapshot(options.after, options, 'latest')
    const { stat, onChange } = options
    const rightFile = right.snapshot.file
    const comparison = new NodeComparison({ left, leftFile: a.side.file, rightFile, stat, onChange })
    let nodes = 0
    for await (const part of readSnapshot(right.snapshot, options)) {
      if (part.kind === 'nodes') comparison.batch(part)
      else if (part.kind === 'end') {
        requireWhole(part, rightFile)
        nodes = part.end.nodes
      }
    }
    return {
      ...comparison.finish(),
      sides: [a.side, sideOf(after, right, nodes)],
      findings: [...a.findings, ...right.findings],
    }
  } finally {
    await left.close()
  }
}

/** The tree of a moment is not kept: that of the other side may need as much memory. */
async function readLeft(before: NamedTree, options: DiffSnapshotsOptions) {
  const found = await usableSnapshot(options.before, options, 'latest')
  const left = await openLeftSide(found.snapshot, options)
  return { left, side: sideOf(before, found, left.index.count), findings: found.findings }
}

function sideOf({ place }: NamedTree, { snapshot: { file, nameZxid }, logs }: UsableSnapshot, nodes: number): DiffSide {
  return { where: place, file, logs, zxid: nameZxid, nodes }
}
