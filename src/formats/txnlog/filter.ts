/*
 * Which records are wanted. The fields of the header are compared where they lie; a record is decoded only when its
 * paths or its operations are asked for.
 */
import { decodeTxn } from './decode.ts'
import { isRecordType, OP } from './ops.ts'
import { FIELD, type RecordBatch } from './scan.ts'
import type { Text, TxnBody } from './types.ts'

/** Everything given must hold; bounds are inclusive. */
export interface TxnFilter {
  readonly fromZxid?: bigint
  readonly toZxid?: bigint
  readonly sinceMs?: number
  readonly untilMs?: number
  /** Matches when any path does: that of an operation inside a multi, one that a closeSession removes. */
  readonly path?: (path: string) => boolean
  /** Op codes; null stands for all that are not known. */
  readonly types?: ReadonlySet<number | null>
  readonly session?: bigint
  /** Failed requests only: error records, and multis with a failed operation. */
  readonly errors?: boolean
  /** Least size of the whole record. */
  readonly minBytes?: number
}

/** A test for record `i` of a batch. */
export function recordFilter(filter: TxnFilter): (batch: RecordBatch, i: number) => boolean {
  const { fromZxid, toZxid, sinceMs, untilMs, path, types, errors, minBytes } = filter
  const session = filter.session === undefined ? undefined : BigInt.asIntN(64, filter.session)
  return ({ bytes, view, table }, i) => {
    const at = table[2 * i]!
    const length = table[2 * i + 1]!
    if (minBytes !== undefined && length + 13 < minBytes) return false
    const type = view.getInt32(at + FIELD.type)
    if (types !== undefined && !types.has(isRecordType(type) ? type : null)) return false
    if (session !== undefined && view.getBigInt64(at + FIELD.session) !== session) return false
    const zxid = fromZxid === undefined && toZxid === undefined ? 0n : view.getBigInt64(at + FIELD.zxid)
    if ((fromZxid !== undefined && zxid < fromZxid) || (toZxid !== undefined && zxid > toZxid)) return false
    if (sinceMs !== undefined || untilMs !== undefined) {
      const timeMs = Number(view.getBigInt64(at + FIELD.timeMs))
      if ((sinceMs !== undefined && timeMs < sinceMs) || (untilMs !== undefined && timeMs > untilMs)) return false
    }
    if (errors && type !== OP.error && type !== OP.multi) return false
    if (path === undefined && !(errors && type === OP.multi)) return true
    const { body } = decodeTxn(bytes, at + 12, at + 12 + length)
    if (errors && body.kind === 'multi' && !(body.ops ?? []).some((op) => op.type === OP.error)) return false
    return path === undefined || pathsOf(body).some((one) => one !== null && path(textOf(one)))
  }
}

/** Every path that a transaction names. */
export function pathsOf(body: TxnBody): readonly Text[] {
  switch (body.kind) {
    case 'multi':
      return (body.ops ?? []).flatMap((op) => pathsOf(op.body))
    case 'closeSession':
      return body.paths ?? []
    case 'error':
    case 'createSession':
    case 'unknown':
      return []
    default:
      return [body.path]
  }
}

/** Bytes of a ustring as text; what is no UTF-8 becomes U+FFFD, as in the server. */
export function textOf(text: Uint8Array): string {
  return Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString('utf8')
}
