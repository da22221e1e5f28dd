/*
 * payload => TxnHeader body [TxnDigest] [anything]                  SerializeUtils.deserializeTxn; 3.4 to 3.9
 *   TxnHeader => clientId:long cxid:int zxid:long time:long type:int
 *   TxnDigest => version:int treeDigest:long                        3.6+, nothing announces it
 */
import { FormatError } from '../errors.ts'
import { type JuteReader, juteReader } from '../jute/reader.ts'
import { OP } from './ops.ts'
import { readCreate, readCreateContainer, readCreateTtl } from './txn/create.ts'
import { readMulti } from './txn/multi.ts'
import { readCheck, readDelete, readSetAcl, readSetData } from './txn/node.ts'
import { BARE_CLOSE_SESSION, readCloseSession, readCreateSession, readError } from './txn/session.ts'
import type { CloseSessionTxn, Txn, TxnBody, TxnHeader } from './types.ts'

export const TXN_HEADER_BYTES = 32
const DIGEST_BYTES = 12

/**
 * The payload in [from, to) of `input`; byte fields are views into it.
 * Throws FormatError when the body does not fit its type.
 */
export function decodeTxn(input: Uint8Array, from = 0, to = input.length): Txn {
  const reader = juteReader(input, from, to)
  const header = readHeader(reader)
  const body = topLevelBody(header.type, input, reader, to)
  const digest = reader.remaining < DIGEST_BYTES ? null : { version: reader.int(), value: reader.long() }
  return { header, body, digest, trailing: reader.bytes(reader.remaining) }
}

function readHeader(input: JuteReader): TxnHeader {
  return { session: input.long(), cxid: input.int(), zxid: input.long(), timeMs: input.long(), type: input.int() }
}

function readBody(type: number, input: JuteReader): TxnBody {
  switch (type) {
    case OP.create:
      return readCreate(input, true)
    case OP.create2:
      return readCreate(input, false)
    case OP.createContainer:
      return readCreateContainer(input)
    case OP.createTTL:
      return readCreateTtl(input)
    case OP.delete:
    case OP.deleteContainer:
      return readDelete(input)
    case OP.setData:
    case OP.reconfig:
      return readSetData(input)
    case OP.setACL:
      return readSetAcl(input)
    case OP.check:
      return readCheck(input)
    case OP.multi:
      return readMulti(input, readBody)
    case OP.createSession:
      return readCreateSession(input)
    case OP.error:
      return readError(input)
    default:
      return { kind: 'unknown', bytes: input.bytes(input.remaining) }
  }
}

function topLevelBody(type: number, input: Uint8Array, reader: JuteReader, to: number): TxnBody {
  if (type === OP.closeSession) return closeSession(input, reader, to)
  // exists inside multi only; the server's reader does not know it here
  if (type === OP.check) return { kind: 'unknown', bytes: reader.bytes(reader.remaining) }
  return readBody(type, reader)
}

/** See txn/session.ts: the length of what is left decides. */
function closeSession(input: Uint8Array, after: JuteReader, to: number): CloseSessionTxn {
  if (after.remaining === 0 || isBareDigest(input, after.at, to)) return BARE_CLOSE_SESSION
  const reader = juteReader(input, after.at, to)
  try {
    const body = readCloseSession(reader)
    after.bytes(reader.at - after.at)
    return body
  } catch (error) {
    if (!(error instanceof FormatError)) throw error
    // the server takes a list that ends too early for none
    return BARE_CLOSE_SESSION
  }
}

function isBareDigest(input: Uint8Array, from: number, to: number): boolean {
  return to - from === DIGEST_BYTES && juteReader(input, from, to).int() === 2
}
