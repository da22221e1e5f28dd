/*
 * A replay on top of what failed snapshots left in memory: a closeSession also deletes the paths that were left for its
 * session, whatever lies there now; a deletion of an ephemeral takes its path from what was left.
 */
import { textSetOrder } from '../../config/java/hash-order.ts'
import { decodeTxn } from '../../formats/txnlog/decode.ts'
import { pathsOf, textOf } from '../../formats/txnlog/filter.ts'
import type { RecordBatch } from '../../formats/txnlog/scan.ts'
import type { Tree } from '../../tree/tree.ts'
import type { Leak } from './judge-snapshot.ts'

/** Applies rows [row, end) of a batch; returns the next one, as TreeKernel.replay does. */
export type ApplyRows = (batch: RecordBatch, row: number, end: number, source: number) => number

export function leakedReplay(tree: Tree, leak: Leak): ApplyRows {
  const { kernel } = tree
  if (leak.paths.size === 0) return (batch, row, end, source) => kernel.replay(row, end, batch.base, source)
  const statAt = (path: string) => tree.lookup(path)?.stat
  return (batch, row, _end, source) => {
    const payload = batch.table[2 * row]! + 12
    const { header, body } = decodeTxn(batch.bytes, payload, payload + batch.table[2 * row + 1]!)
    const { session, zxid } = header
    const paths = [...pathsOf(body)].flatMap((path) => (path === null ? [] : [textOf(path)]))
    const before = paths.map((path) => [path, statAt(path)] as const)
    const next = kernel.replay(row, row + 1, batch.base, source)
    for (const [path, stat] of before) {
      const isGone = stat !== undefined && statAt(path)?.czxid !== stat.czxid
      if (isGone) leak.paths.get(stat.ephemeralOwner)?.delete(path)
    }
    if (body.kind === 'closeSession') deleteLeaked(tree, leak, session, zxid)
    return next
  }
}

/** What a server does when a session ends: every path that it holds for it goes. */
function deleteLeaked(tree: Tree, leak: Leak, session: bigint, zxid: bigint): void {
  for (const path of textSetOrder(leak.paths.get(session) ?? [])) deletePath(tree, leak, path, zxid)
  leak.paths.delete(session)
}

/** Whether there was something to delete. */
export function deletePath({ kernel }: Tree, leak: Leak, path: string, zxid: bigint): boolean {
  const row = kernel.find(new Uint8Array(Buffer.from(path)))
  if (row === 0) leak.touched = true
  else kernel.deleteRow(row, zxid)
  return row !== 0
}
