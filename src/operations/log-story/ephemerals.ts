/*
 * The ephemerals of one session, from what it creates to what removes them: an own delete, that of another session, its
 * end. Memory: the living ones, and the first `most` of all.
 */
import { type AppliedOp, appliedOps } from '../../formats/txnlog/applied.ts'
import { textOf } from '../../formats/txnlog/filter.ts'
import { OP } from '../../formats/txnlog/ops.ts'
import type { Txn } from '../../formats/txnlog/types.ts'
import { type SessionEnd, sessionEnd } from './session-end.ts'

export interface Ephemeral {
  readonly path: string
  /** Null: before these logs. */
  readonly created: Moment | null
  /** Null: it is there where these logs end. */
  readonly removed: (Moment & { readonly cause: 'explicit' | 'multi' | SessionEnd; readonly session: bigint }) | null
}

export interface Moment {
  readonly zxid: bigint
  readonly timeMs: bigint
}

export function trackEphemerals(session: bigint, most: number) {
  const living = new Map<string, Ephemeral>()
  const gone: Ephemeral[] = []
  let removed = 0

  const remove = (path: string, { header }: Txn, cause: 'explicit' | 'multi' | SessionEnd) => {
    const { zxid, timeMs, session: by } = header
    const one = living.get(path) ?? { path, created: null }
    living.delete(path)
    removed++
    if (gone.length < most) gone.push({ ...one, removed: { zxid, timeMs, cause, session: by } })
  }

  const operation = ({ body }: AppliedOp, txn: Txn) => {
    const { zxid, timeMs, type, session: by } = txn.header
    if (body.kind === 'create' && body.ephemeral && body.path !== null && by === session) {
      const path = textOf(body.path)
      living.set(path, { path, created: { zxid, timeMs }, removed: null })
    }
    if (body.kind === 'delete' && body.path !== null && living.has(textOf(body.path))) {
      remove(textOf(body.path), txn, type === OP.multi ? 'multi' : 'explicit')
    }
  }

  return {
    apply(txn: Txn): void {
      const { type, session: by, cxid } = txn.header
      if (txn.body.kind === 'closeSession') {
        if (by !== session) return
        const listed = (txn.body.paths ?? []).flatMap((path) => (path === null ? [] : [textOf(path)]))
        for (const path of new Set([...listed, ...living.keys()])) remove(path, txn, sessionEnd(cxid))
        return
      }
      for (const op of appliedOps(type, txn.body)) operation(op, txn)
    },
    living: living as ReadonlyMap<string, Ephemeral>,
    /** In the order in which they went, then the living ones; at most `most`, and how many there are more. */
    result(): { readonly ephemerals: readonly Ephemeral[]; readonly omitted: number } {
      const ephemerals = [...gone, ...living.values()].slice(0, most)
      return { ephemerals, omitted: removed + living.size - ephemerals.length }
    },
  }
}
