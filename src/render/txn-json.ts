/*
 * A transaction as the JSON of the contract (`zkops schema log dump`): one object a record, fields in a fixed order.
 */
import { isUtf8 } from 'node:buffer'
import { decodeTxn } from '../formats/txnlog/decode.ts'
import { textOf } from '../formats/txnlog/filter.ts'
import { errorName, OP, opName } from '../formats/txnlog/ops.ts'
import { permsText } from '../formats/txnlog/perms.ts'
import type { AclList, SubTxn, Text, Txn, TxnBody } from '../formats/txnlog/types.ts'
import type { PayloadDecoder } from '../operations/decode-payloads.ts'
import type { DumpBatch } from '../operations/dump-log.ts'
import { hex64 } from '../support/hex.ts'

export interface TxnJsonOptions {
  /** False: `dataBytes` instead of `data`. */
  readonly data: boolean
}

/** With the decoder that came with the batch. */
interface BodyOptions extends TxnJsonOptions {
  readonly decode?: PayloadDecoder | undefined
}

type Json = Record<string, unknown>

/** Row `row` of a batch. */
export function txnJson(batch: DumpBatch, row: number, options: TxnJsonOptions): Json {
  const at = batch.table[2 * row]!
  const length = batch.table[2 * row + 1]!
  const txn = decodeTxn(batch.bytes, at + 12, at + 12 + length)
  return {
    file: batch.log.file,
    offset: at + batch.base,
    bytes: length + 13,
    ...headerJson(txn),
    ...bodyJson(txn.header.type, txn.body, { ...options, decode: batch.decode }),
    ...digestJson(txn),
  }
}

function headerJson({ header }: Txn): Json {
  return {
    zxid: hex64(header.zxid),
    time: timeText(header.timeMs),
    session: hex64(header.session),
    cxid: header.cxid,
  }
}

/** ISO-8601 with milliseconds; null for 0 and for what no calendar holds. */
export function timeText(timeMs: bigint): string | null {
  if (timeMs === 0n || timeMs > 8_640_000_000_000_000n || timeMs < -8_640_000_000_000_000n) return null
  return new Date(Number(timeMs)).toISOString()
}

function bodyJson(type: number, body: TxnBody, options: BodyOptions): Json {
  const name = opName(type)
  switch (body.kind) {
    case 'create':
      return { type: name, ...nodeJson(body, options), ephemeral: body.ephemeral, parentCversion: body.parentCversion }
    case 'createContainer':
      return { type: name, ...nodeJson(body, options), ephemeral: false, parentCversion: body.parentCversion }
    case 'createTTL':
      return {
        type: name,
        ...nodeJson(body, options),
        ephemeral: false,
        parentCversion: body.parentCversion,
        // at most 2^40 ms; larger ones are garbage that is shown as near as it gets
        ttlMs: Number(body.ttlMs),
      }
    case 'delete':
      return { type: name, path: pathText(body.path) }
    case 'setData':
      return { type: name, path: pathText(body.path), ...dataJson(body, options), version: body.version }
    case 'setACL':
      return { type: name, path: pathText(body.path), acl: aclJson(body.acl), version: body.version }
    case 'check':
      return { type: name, path: pathText(body.path), version: body.version }
    case 'multi':
      return { type: name, ops: body.ops === null ? null : body.ops.map((op) => opJson(op, options)) }
    case 'error':
      return { type: name, code: body.code, name: errorName(body.code) }
    case 'createSession':
      return { type: name, timeoutMs: body.timeoutMs }
    case 'closeSession':
      return { type: name, paths: body.paths === null ? null : body.paths.map(pathText) }
    case 'unknown':
      return { type: 'unknown', op: type, data: base64(body.bytes) }
  }
}

function opJson({ type, data, body }: SubTxn, options: BodyOptions): Json {
  if (type !== OP.error || body.kind === 'error') return bodyJson(type, body, options)
  return { type: 'error', code: null, name: null, body: base64(data ?? new Uint8Array()) }
}

interface Payload {
  readonly path: Text
  readonly data: Uint8Array | null
}

function nodeJson(body: Payload & { readonly acl: AclList }, options: BodyOptions): Json {
  return { path: pathText(body.path), ...dataJson(body, options), acl: aclJson(body.acl) }
}

function dataJson({ path, data }: Payload, { data: shown, decode }: BodyOptions): Json {
  if (!shown) return { dataBytes: data?.length ?? null }
  return { data: dataValue(data), ...(decode === undefined ? {} : { decoded: decode(path, data) }) }
}

/** Null and empty differ. */
export function dataValue(data: Uint8Array | null): { encoding: 'utf8' | 'base64'; value: string } | null {
  if (data === null) return null
  return isUtf8(data) ? { encoding: 'utf8', value: textOf(data) } : { encoding: 'base64', value: base64(data) }
}

export { permsText }

/** As in every result; null for a null list. */
export function aclJson(acls: AclList): Json[] | null {
  if (acls === null) return null
  return acls.map(({ perms, scheme, id }) => ({
    perms: permsText(perms),
    scheme: pathText(scheme),
    id: pathText(id),
  }))
}

function digestJson({ digest }: Txn): Json {
  return digest === null ? {} : { digest: { version: digest.version, value: hex64(digest.value) } }
}

function pathText(path: Text): string | null {
  return path === null ? null : textOf(path)
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
