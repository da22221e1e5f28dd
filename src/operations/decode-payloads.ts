import type { Decoded } from '../formats/payload/types.ts'
import { decodeTxn } from '../formats/txnlog/decode.ts'
import { textOf } from '../formats/txnlog/filter.ts'
import { opName } from '../formats/txnlog/ops.ts'
import type { Text, TxnBody } from '../formats/txnlog/types.ts'
import { hex64 } from '../support/hex.ts'
import { type DecoderProgram, type ProgramDecoded, runDecoder } from './decoder-program.ts'
import type { LogBatch } from './read-logs.ts'

/** What a payload was found to be; null for no data. */
export type PayloadDecoder = (path: Text, data: Uint8Array | null) => Decoded | ProgramDecoded | null

/** Has the program decode the payloads of one record. */
export async function programDecoder(batch: LogBatch, row: number, program: DecoderProgram): Promise<PayloadDecoder> {
  const at = batch.table[2 * row]! + 12
  const { header, body } = decodeTxn(batch.bytes, at, at + batch.table[2 * row + 1]!)
  // by where they lie: whoever renders decodes the record again, from the same bytes
  const answers = new Map<number, ProgramDecoded>()
  for (const { type, path, data } of payloadsOf(header.type, body)) {
    answers.set(
      data.byteOffset,
      await runDecoder(data, program, {
        ZKOPS_PATH: path === null ? '' : textOf(path),
        ZKOPS_ZXID: hex64(header.zxid),
        ZKOPS_TYPE: opName(type) ?? String(type),
      }),
    )
  }
  return (_path, data) => (data === null ? null : (answers.get(data.byteOffset) ?? null))
}

interface Payload {
  readonly type: number
  readonly path: Text
  readonly data: Uint8Array
}

function payloadsOf(type: number, body: TxnBody): readonly Payload[] {
  if (body.kind === 'multi') return (body.ops ?? []).flatMap((op) => payloadsOf(op.type, op.body))
  return 'data' in body && body.data !== null ? [{ type, path: body.path, data: body.data }] : []
}
