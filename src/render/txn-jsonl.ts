/*
 * JSON lines of transactions at the speed of the disk: from the bytes of a record straight to the bytes of its line.
 *
 * txn-json.ts says what a line is; this writes the same for the ordinary case and leaves a record that holds anything
 * unusual (a null or malformed string, permissions without letters, a strange time, an unknown type) to it.
 */
import { bodyStopAt } from '../formats/kernel/body.ts'
import { errorName, OP } from '../formats/txnlog/ops.ts'
import { FIELD } from '../formats/txnlog/scan.ts'
import type { DumpBatch } from '../operations/dump-log.ts'
import { type ByteOutput, literal } from './byte-output.ts'
import { jsonLine } from './json.ts'
import { permsText, type TxnJsonOptions, txnJson } from './txn-json.ts'

const L = {
  bytes: literal(',"bytes":'),
  zxid: literal(',"zxid":"'),
  time: literal('","time":"'),
  session: literal('","session":"'),
  cxid: literal('","cxid":'),
  path: literal(',"path":"'),
  dataUtf8: literal(',"data":{"encoding":"utf8","value":"'),
  dataBase64: literal(',"data":{"encoding":"base64","value":"'),
  dataNull: literal(',"data":null'),
  dataBytes: literal(',"dataBytes":'),
  dataBytesNull: literal(',"dataBytes":null'),
  quote: literal('"'),
  quoteBrace: literal('"}'),
  acl: literal(',"acl":['),
  perms: literal('{"perms":"'),
  scheme: literal('","scheme":"'),
  id: literal('","id":"'),
  comma: literal(','),
  commaQuote: literal(',"'),
  bracket: literal(']'),
  ephemeralTrue: literal(',"ephemeral":true'),
  ephemeralFalse: literal(',"ephemeral":false'),
  parentCversion: literal(',"parentCversion":'),
  parentCversionNull: literal(',"parentCversion":null'),
  ttlMs: literal(',"ttlMs":'),
  version: literal(',"version":'),
  timeoutMs: literal(',"timeoutMs":'),
  paths: literal(',"paths":['),
  pathsNull: literal(',"paths":null'),
  ops: literal(',"ops":['),
  braceOpen: literal('{'),
  braceClose: literal('}'),
  code: literal(',"code":'),
  digest: literal(',"digest":{"version":'),
  value: literal(',"value":"'),
  end: literal('}\n'),
}

/** `,"type":"create"` and so on, without the comma for the operations of a multi. */
const TYPES = new Map(Object.entries(OP).map(([name, code]) => [code as number, literal(`,"type":"${name}"`)]))
const OP_TYPES = new Map(Object.entries(OP).map(([name, code]) => [code as number, literal(`"type":"${name}"`)]))
const ERROR_NAMES = new Map(
  Array.from({ length: 128 }, (_, i) => [-i, literal(`,"name":${JSON.stringify(errorName(-i))}`)] as const),
)

/** Milliseconds from 1970 to the end of the year 9999: where the time has the ordinary form. */
const LAST_MS = 253_402_300_799_999

/** Writes rows of batches; `output.flush()` is the caller's. */
export function jsonlWriter(output: ByteOutput, options: TxnJsonOptions): (batch: DumpBatch) => void {
  let file = ''
  let prefix = literal('')
  // access lists repeat: the text of the last one is kept by its bytes
  let aclBytes: Uint8Array = new Uint8Array()
  let aclText = literal('')

  let source: Uint8Array
  let view: DataView
  let at = 0
  let end = 0

  /** A string or buffer: leaves [at, stop) and goes behind it; -1 for null. */
  const sized = (): number => {
    const length = view.getInt32(at)
    at += 4
    return length
  }

  const path = (): boolean => {
    const length = sized()
    if (length < 0) return false
    output.literal(L.path)
    if (!output.jsonString(source, at, at + length)) return false
    at += length
    output.literal(L.quote)
    return true
  }

  const data = (): void => {
    const length = sized()
    if (!options.data) {
      if (length < 0) return output.literal(L.dataBytesNull)
      output.literal(L.dataBytes)
      output.decimal(length)
      at += length
      return
    }
    if (length < 0) return output.literal(L.dataNull)
    const start = output.position
    output.literal(L.dataUtf8)
    if (output.jsonString(source, at, at + length)) output.literal(L.quoteBrace)
    else {
      output.rewind(start)
      output.literal(L.dataBase64)
      output.base64(source, at, at + length)
      output.literal(L.quoteBrace)
    }
    at += length
  }

  const sameAcl = (): boolean => {
    const length = aclBytes.length
    if (length === 0 || at + length > end) return false
    for (let i = 0; i < length; i++) if (source[at + i] !== aclBytes[i]) return false
    return true
  }

  const acl = (): boolean => {
    if (sameAcl()) {
      output.literal(aclText)
      at += aclBytes.length
      return true
    }
    const first = at
    const count = view.getInt32(at)
    at += 4
    if (count < 0 || count > 100) return false
    const start = output.position
    output.literal(L.acl)
    for (let i = 0; i < count; i++) {
      const perms = permsText(view.getInt32(at))
      at += 4
      if (typeof perms === 'number') return false
      if (i > 0) output.literal(L.comma)
      output.literal(L.perms)
      output.text(perms)
      for (const name of [L.scheme, L.id]) {
        const length = sized()
        if (length < 0 || length > 2000) return false
        output.literal(name)
        if (!output.jsonString(source, at, at + length)) return false
        at += length
      }
      output.literal(L.quoteBrace)
    }
    output.literal(L.bracket)
    // a longer one could be cut apart by a flush
    if (at - first < 4000) {
      aclBytes = source.slice(first, at)
      aclText = literal(output.since(start))
    }
    return true
  }

  const int = (name: (typeof L)[keyof typeof L]): void => {
    output.literal(name)
    output.decimal(view.getInt32(at))
    at += 4
  }

  /** What follows `"type":…`; false when the record is one for the other writer. */
  const body = (type: number): boolean => {
    switch (type) {
      case OP.create:
      case OP.create2: {
        if (!path()) return false
        data()
        if (!acl()) return false
        output.literal(source[at] !== 0 ? L.ephemeralTrue : L.ephemeralFalse)
        at++
        if (end - at >= 4) int(L.parentCversion)
        else output.literal(L.parentCversionNull)
        return true
      }
      case OP.createContainer:
      case OP.createTTL: {
        if (!path()) return false
        data()
        if (!acl()) return false
        output.literal(L.ephemeralFalse)
        int(L.parentCversion)
        if (type === OP.createContainer) return true
        const high = view.getInt32(at)
        if (high < 0 || high > 0xfffff) return false
        output.literal(L.ttlMs)
        output.decimal(high * 2 ** 32 + view.getUint32(at + 4))
        at += 8
        return true
      }
      case OP.delete:
      case OP.deleteContainer:
        return path()
      case OP.setData:
      case OP.reconfig:
        if (!path()) return false
        data()
        int(L.version)
        return true
      case OP.setACL:
        if (!path() || !acl()) return false
        int(L.version)
        return true
      case OP.check:
        if (!path()) return false
        int(L.version)
        return true
      case OP.error: {
        const name = ERROR_NAMES.get(view.getInt32(at))
        if (name === undefined) return false
        int(L.code)
        output.literal(name)
        return true
      }
      case OP.createSession:
        int(L.timeoutMs)
        return true
      default:
        return false
    }
  }

  const closeSession = (): boolean => {
    if (at === end || (end - at === 12 && view.getInt32(at) === 2)) {
      output.literal(L.pathsNull)
      return true
    }
    if (end - at < 4) return false
    const count = view.getInt32(at)
    at += 4
    if (count < 0) return false
    output.literal(L.paths)
    for (let i = 0; i < count; i++) {
      if (end - at < 4) return false
      const length = sized()
      if (length < 0 || at + length > end) return false
      output.literal(i === 0 ? L.quote : L.commaQuote)
      if (!output.jsonString(source, at, at + length)) return false
      output.literal(L.quote)
      at += length
    }
    output.literal(L.bracket)
    return true
  }

  const multi = (): boolean => {
    const count = view.getInt32(at)
    at += 4
    if (count < 0) return false
    output.literal(L.ops)
    const last = end
    for (let i = 0; i < count; i++) {
      const type = view.getInt32(at)
      at += 4
      const length = sized()
      if (length < 0 || (type === OP.error && length !== 4)) return false
      const name = OP_TYPES.get(type)
      if (name === undefined || type === OP.multi || type === OP.createSession || type === OP.closeSession) return false
      if (i > 0) output.literal(L.comma)
      output.literal(L.braceOpen)
      output.literal(name)
      end = at + length
      if (bodyStopAt(view, type, at, end, length) !== undefined || !body(type)) return false
      at = end
      output.literal(L.braceClose)
    }
    end = last
    output.literal(L.bracket)
    return true
  }

  const line = (batch: DumpBatch, row: number): boolean => {
    const record = batch.table[2 * row]!
    const length = batch.table[2 * row + 1]!
    const type = view.getInt32(record + FIELD.type)
    const name = TYPES.get(type)
    const ms = view.getInt32(record + FIELD.timeMs) * 2 ** 32 + view.getUint32(record + FIELD.timeMs + 4)
    if (name === undefined || type === OP.check || ms <= 0 || ms > LAST_MS) return false
    at = record + FIELD.body
    end = record + 12 + length
    output.literal(prefix)
    output.decimal(record + batch.base)
    output.literal(L.bytes)
    output.decimal(length + 13)
    output.literal(L.zxid)
    output.hex64(view.getUint32(record + FIELD.zxid), view.getUint32(record + FIELD.zxid + 4))
    output.literal(L.time)
    output.time(ms)
    output.literal(L.session)
    output.hex64(view.getUint32(record + FIELD.session), view.getUint32(record + FIELD.session + 4))
    output.literal(L.cxid)
    output.decimal(view.getInt32(record + FIELD.cxid))
    output.literal(name)
    const ok = type === OP.multi ? multi() : type === OP.closeSession ? closeSession() : body(type)
    if (!ok) return false
    if (end - at >= 12) {
      output.literal(L.digest)
      output.decimal(view.getInt32(at))
      output.literal(L.value)
      output.hex64(view.getUint32(at + 4), view.getUint32(at + 8))
      output.literal(L.quoteBrace)
    }
    output.literal(L.end)
    return true
  }

  return (batch) => {
    source = batch.bytes
    view = batch.view
    if (batch.log.file !== file) {
      file = batch.log.file
      prefix = literal(`{"file":${JSON.stringify(file)},"offset":`)
    }
    for (const row of batch.rows) {
      // no field grows more than sixfold: the line fits as a whole, so that it can be taken back
      output.room(batch.table[2 * row + 1]! * 6 + 4096)
      const start = output.position
      if (line(batch, row)) continue
      output.rewind(start)
      const text = Buffer.from(jsonLine(txnJson(batch, row, options)))
      output.room(text.length)
      output.raw(text)
    }
  }
}
