import { nodeKind } from '../../formats/snapshot/owner.ts'
import { textOf } from '../../formats/txnlog/filter.ts'
import type { Tree } from '../../tree/tree.ts'

/** What went with the sessions. */
export interface Dropped {
  readonly sessions: number
  /** Ephemerals. */
  readonly count: number
  /** Their paths; at most 1000. */
  readonly znodes: readonly string[]
  /** Of their values. */
  readonly bytes: number
}

const MOST_ZNODES = 1000

/** Deletes every ephemeral, as a server does at its start with those of sessions that it does not know. */
export function dropSessions(tree: Tree, zxid: bigint): Dropped {
  const { kernel } = tree
  const sessions = kernel.sessions().size
  const rows = [...kernel.rows()].filter((row) => nodeKind(kernel.ownerOf(row)) === 'ephemeral')
  const znodes: string[] = []
  let bytes = 0
  for (const row of rows) {
    if (znodes.length < MOST_ZNODES) znodes.push(textOf(kernel.pathOf(row)))
    bytes += Math.max(0, kernel.value(row).length)
    kernel.deleteRow(row, zxid)
  }
  return { sessions, count: rows.length, znodes: znodes.sort(), bytes }
}
