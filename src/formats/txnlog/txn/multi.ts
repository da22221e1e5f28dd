/*
 * multi => count:int Txn*       -1: null                            MultiTxn, Txn; 3.4+
 *   Txn => type:int data:buffer
 *
 * In a failed multi the operation that failed has type -1 and its code, those behind it type -1 with -2; a member whose
 * disk was slower may have stored type -1 with the operation's old body for all of them (more than 4 bytes then).
 */
import { FormatError } from '../../errors.ts'
import { type JuteReader, juteReader } from '../../jute/reader.ts'
import type { JuteWriter } from '../../jute/writer.ts'
import { OP } from '../ops.ts'
import type { MultiTxn, TxnBody } from '../types.ts'

export type ReadBody = (type: number, input: JuteReader) => TxnBody

export function readMulti(input: JuteReader, readBody: ReadBody): MultiTxn {
  const count = input.count()
  if (count === null) return { kind: 'multi', ops: null }
  const ops = Array.from({ length: count }, () => {
    const type = input.int()
    const data = input.buffer()
    return { type, data, body: subBody(type, data, readBody) }
  })
  return { kind: 'multi', ops }
}

function subBody(type: number, data: Uint8Array | null, readBody: ReadBody): TxnBody {
  const bytes = data ?? new Uint8Array()
  const raw = { kind: 'unknown', bytes } as const
  // a failed one with its old body; multi inside multi does not exist
  if ((type === OP.error && bytes.length !== 4) || type === OP.multi) return raw
  try {
    return readBody(type, juteReader(bytes))
  } catch (error) {
    if (error instanceof FormatError) return raw
    throw error
  }
}

export function writeMulti(output: JuteWriter, { ops }: MultiTxn): void {
  output.count(ops === null ? null : ops.length)
  for (const { type, data } of ops ?? []) {
    output.int(type)
    output.buffer(data)
  }
}
