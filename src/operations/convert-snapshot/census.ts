import { NODE_FLAG, ROW, ROW_WORDS } from '../../formats/snapshot/kernel/kernel.ts'
import { pathAt, STAT } from '../../formats/snapshot/node.ts'
import { type NodeKind, nodeKind } from '../../formats/snapshot/owner.ts'
import type { NodeBatch } from '../../formats/snapshot/scan.ts'
import type { DigestBlock } from '../../formats/snapshot/trailer.ts'
import { textOf } from '../../formats/txnlog/filter.ts'
import { noProgress } from '../../support/progress.ts'
import { type ReadableSnapshot, type ReadSnapshotOptions, readSnapshot } from '../read-snapshot.ts'
import { type Selection, selector } from './selection.ts'

/** What stays and what goes. */
export interface Census {
  readonly stays: Readonly<Record<NodeKind, number>>
  readonly nodes: number
  readonly gone: number
  readonly goneBytes: number
  /** At most MOST_ZNODES. */
  readonly goneZnodes: readonly string[]
  readonly unmet: string | undefined
  readonly block: DigestBlock | null
}

const MOST_ZNODES = 1000

/** Reads the snapshot to its end. Throws `input.*`. */
export async function takeCensus(
  file: ReadableSnapshot,
  selection: Selection,
  options: ReadSnapshotOptions,
): Promise<Census> {
  const chosen = selector(selection)
  const stays = { persistent: 0, ephemeral: 0, container: 0, ttl: 0 }
  const goneZnodes: string[] = []
  let nodes = 0
  let gone = 0
  let goneBytes = 0
  let block: DigestBlock | null = null
  // sums of its own: one that outlives a call of an async function is an object in memory at each step
  const count = (batch: NodeBatch): void => {
    let bytes = 0
    let left = 0
    for (let row = 0; row < batch.count; row++) {
      const aclAt = batch.table[row * ROW_WORDS + ROW.aclAt]!
      if (!chosen.selects || chosen.stays(batch, row)) {
        const owned = batch.table[row * ROW_WORDS + ROW.flags]! & NODE_FLAG.owned
        stays[owned ? nodeKind(batch.view.getBigInt64(aclAt + STAT.ephemeralOwner)) : 'persistent']++
        continue
      }
      left++
      bytes += aclAt - batch.table[row * ROW_WORDS + ROW.dataAt]! - 4
      if (goneZnodes.length < MOST_ZNODES) goneZnodes.push(textOf(pathAt(batch, row)))
    }
    nodes += batch.count - left
    gone += left
    goneBytes += bytes
  }
  for await (const part of readSnapshot(file, { ...options, digest: false, progress: noProgress })) {
    if (part.kind === 'nodes') count(part)
    else if (part.kind === 'end') block = part.end.trailer?.digest ?? null
  }
  return { stays, nodes, gone, goneBytes, goneZnodes, unmet: chosen.unmet(), block }
}
