/*
 * What a transaction really does to the tree: nothing for a failed request, nothing of a multi in which any operation
 * failed (DataTree.processTxn; formats/txnlog/txn/multi.ts).
 */
import { OP } from './ops.ts'
import type { TxnBody } from './types.ts'

/** One operation that changes a znode, by the type it is stored with. */
export interface AppliedOp {
  readonly type: number
  readonly body: TxnBody
}

/** The operations inside multi that servers know; they give up at any other one, what came before it stays. */
const INSIDE_MULTI: ReadonlySet<number> = new Set([
  OP.create,
  OP.create2,
  OP.createContainer,
  OP.createTTL,
  OP.delete,
  OP.deleteContainer,
  OP.setData,
  OP.check,
])

/** In the order in which they take effect; a closeSession is none of them. */
export function appliedOps(type: number, body: TxnBody): readonly AppliedOp[] {
  switch (body.kind) {
    case 'error':
    case 'createSession':
    case 'closeSession':
    case 'unknown':
      return []
    case 'multi': {
      if (isFailedMulti(body)) return []
      const ops = body.ops ?? []
      const end = ops.findIndex((op) => !INSIDE_MULTI.has(op.type) || op.body.kind === 'unknown')
      return end === -1 ? ops : ops.slice(0, end)
    }
    default:
      return [{ type, body }]
  }
}

export function isFailedMulti(body: TxnBody): boolean {
  return body.kind === 'multi' && (body.ops ?? []).some((op) => op.type === OP.error)
}
