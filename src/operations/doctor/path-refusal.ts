/* Paths at which a server's replay ends with an exception: DataTree.createNode and deleteNode look for the last slash. */
import { decodeTxn } from '../../formats/txnlog/decode.ts'
import { OP } from '../../formats/txnlog/ops.ts'
import type { RecordBatch } from '../../formats/txnlog/scan.ts'
import type { Text, TxnBody } from '../../formats/txnlog/types.ts'
import type { NamedLog } from './listing.ts'
import type { Refusal } from './log-refusals.ts'

const SLASH = 0x2f

/** The first one in rows [row, end) of a batch. */
export function pathRefusal(batch: RecordBatch, row: number, end: number, { file }: NamedLog): Refusal | undefined {
  for (let i = row; i < end; i++) {
    const at = batch.table[2 * i]!
    const { header, body } = decodeTxn(batch.bytes, at + 12, at + 12 + batch.table[2 * i + 1]!)
    const exception = exceptionAt(body)
    if (exception === undefined) continue
    return {
      code: 'log.undecodable',
      message: exception,
      file,
      offset: batch.base + at,
      zxid: header.zxid,
      after: header.zxid - 1n,
    }
  }
  return undefined
}

function exceptionAt(body: TxnBody): string | undefined {
  switch (body.kind) {
    case 'create':
    case 'createContainer':
    case 'createTTL':
    case 'delete':
      return exceptionOf(body.path)
    case 'closeSession':
      return body.paths?.map(exceptionOf).find((one) => one !== undefined)
    case 'multi': {
      if (body.ops === null || body.ops.some(({ type }) => type === OP.error)) return undefined
      // one that cannot be decoded ends the multi, without an exception
      const broken = body.ops.findIndex((one) => one.body.kind === 'unknown')
      const done = body.ops.slice(0, broken === -1 ? undefined : broken)
      return done.map((one) => exceptionAt(one.body)).find((one) => one !== undefined)
    }
    default:
      return undefined
  }
}

function exceptionOf(path: Text): string | undefined {
  if (path === null) return 'java.lang.NullPointerException'
  return path.includes(SLASH) ? undefined : 'java.lang.StringIndexOutOfBoundsException'
}
