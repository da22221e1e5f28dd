/*
 * The writer's side of decode.ts: Util.marshallTxnEntry, FileTxnLog.append.
 *
 *   file   => magic:int("ZKLG") version:int(2) dbid:long record*
 *   record => crc:long len:int payload:byte[len] 'B'                crc: Adler-32 of the payload, zero-extended
 */
import { adler32 } from '../checksum/adler32.ts'
import { type JuteWriter, juteWriter } from '../jute/writer.ts'
import { writeCreate, writeCreateContainer, writeCreateTtl } from './txn/create.ts'
import { writeMulti } from './txn/multi.ts'
import { writeCheck, writeDelete, writeSetAcl, writeSetData } from './txn/node.ts'
import { writeCloseSession, writeCreateSession, writeError } from './txn/session.ts'
import type { Txn, TxnBody } from './types.ts'

const END_MARK = Uint8Array.of(0x42)

/** A transaction's payload. `encodeTxn(decodeTxn(bytes))` gives the identical bytes. */
export function encodeTxn({ header, body, digest, trailing }: Txn): Uint8Array {
  const output = juteWriter()
  output.long(header.session)
  output.int(header.cxid)
  output.long(header.zxid)
  output.long(header.timeMs)
  output.int(header.type)
  writeBody(output, body)
  if (digest !== null) {
    output.int(digest.version)
    output.long(digest.value)
  }
  output.bytes(trailing)
  return output.result()
}

/** A payload with checksum, length and end mark: `payload.length + 13` bytes. */
export function encodeRecord(payload: Uint8Array): Uint8Array {
  const output = juteWriter()
  output.long(BigInt(adler32(payload)))
  output.buffer(payload)
  output.bytes(END_MARK)
  return output.result()
}

/** The body alone, as a multi stores it for its operations. */
export function encodeBody(body: TxnBody): Uint8Array {
  const output = juteWriter()
  writeBody(output, body)
  return output.result()
}

function writeBody(output: JuteWriter, body: TxnBody): void {
  switch (body.kind) {
    case 'create':
      return writeCreate(output, body)
    case 'createContainer':
      return writeCreateContainer(output, body)
    case 'createTTL':
      return writeCreateTtl(output, body)
    case 'delete':
      return writeDelete(output, body)
    case 'setData':
      return writeSetData(output, body)
    case 'setACL':
      return writeSetAcl(output, body)
    case 'check':
      return writeCheck(output, body)
    case 'multi':
      return writeMulti(output, body)
    case 'createSession':
      return writeCreateSession(output, body)
    case 'closeSession':
      return writeCloseSession(output, body)
    case 'error':
      return writeError(output, body)
    case 'unknown':
      return output.bytes(body.bytes)
  }
}
