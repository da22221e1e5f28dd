/*
 * What `TxnLogToolkit` of ZooKeeper 3.9 prints, byte for byte, for scripts that read it (TxnLogToolkit.dump, printTxn,
 * getFormattedTxnStr; toString of the generated records):
 *
 *     ZooKeeper Transactional Log File with dbid 0 txnlog format version 2
 *     11/24/26, 1:22:58 PM UTC session 0x100008036690000 cxid 0x1 zxid 0x2 create /app,root,[31,s{'world,'anyone}
 *     ],false,1
 *     EOF reached after 2 txns.
 *
 * The date is that of a JVM up to 19 with an English locale, in the local time zone. Where the tool dies (an undecodable
 * record) this ends, too; what it prints of a record before it finds the end mark wrong is printed.
 */
import { decodeTxn } from '../formats/txnlog/decode.ts'
import { opName } from '../formats/txnlog/ops.ts'
import { logEndsLikeFile } from '../formats/txnlog/tail.ts'
import type { Acl, AclList, Text, TxnBody } from '../formats/txnlog/types.ts'
import type { DumpBatch, DumpEnd } from '../operations/dump-log.ts'
import { lineWriter, type WriteBytes } from './fast-lines.ts'
import { javaDate } from './java-date.ts'
import { javaText } from './java-text.ts'

/** Prints batches, and what closes a log. */
export function toolkitRenderer(write: WriteBytes): {
  records(batch: DumpBatch): void
  end(part: DumpEnd): void
} {
  let opened: object | undefined
  let count = 0
  const open = (log: object, header: { dbId: bigint; version: number }) => {
    if (opened === log) return
    opened = log
    count = 0
    write(`ZooKeeper Transactional Log File with dbid ${header.dbId} txnlog format version ${header.version}\n`)
  }
  const lines = lineWriter(
    { format: 'toolkit', data: 1, second: (seconds) => javaDate(seconds * 1000), line: toolkitLine },
    write,
  )
  return {
    records(batch) {
      open(batch.log, batch.header)
      count += batch.count
      if (batch.flaw?.checksum) write(`CRC ERROR - ${toolkitLine(batch, 0)}`)
      lines(batch)
    },
    end({ log, end }) {
      if (end.kind !== 'records') return
      open(log, end.header)
      if (logEndsLikeFile(end)) write(`EOF reached after ${count} txns.\n`)
    },
  }
}

/** One transaction with its line end. */
function toolkitLine({ bytes, table }: DumpBatch, row: number): string {
  const at = table[2 * row]! + 12
  const { header, body } = decodeTxn(bytes, at, at + table[2 * row + 1]!)
  const hex = (value: bigint) => BigInt.asUintN(64, value).toString(16)
  const text = `${javaDate(Number(header.timeMs))} session 0x${hex(header.session)} cxid 0x${hex(BigInt(header.cxid))} zxid 0x${hex(header.zxid)} ${typeName(header.type)} ${bodyText(body)}`
  return text.endsWith('\n') ? text : `${text}\n`
}

/** Request.op2String. */
function typeName(type: number): string {
  return opName(type) ?? `unknown ${type}`
}

function bodyText(body: TxnBody): string {
  switch (body.kind) {
    case 'create':
      return `${text(body.path)},${value(body.data)},${aclList(body.acl)},${body.ephemeral},${body.parentCversion ?? -1}`
    case 'createContainer':
      return `${text(body.path)},${value(body.data)},${aclList(body.acl)},${body.parentCversion}`
    case 'createTTL':
      return `${text(body.path)},${value(body.data)},${aclList(body.acl)},${body.parentCversion},${body.ttlMs}`
    case 'setData':
      return `${text(body.path)},${value(body.data)},${body.version}`
    case 'multi':
      return (body.ops ?? []).map(({ type, data }) => `${typeName(type)}:${value(data)}`).join(';')
    case 'delete':
      return quoted(body.path)
    case 'setACL':
      return `${quoted(body.path)},v{${(body.acl ?? []).map((one) => `s{${acl(one)}}`).join(',')}},${body.version}`
    case 'error':
      return `${body.code}`
    case 'createSession':
      return `${body.timeoutMs}`
    case 'closeSession':
      return body.hasBody ? `v{${(body.paths ?? []).map(quoted).join(',')}}` : ''
    case 'check':
    case 'unknown':
      return ''
  }
}

function text(bytes: Text): string {
  return bytes === null ? 'null' : javaText(bytes)
}

function value(data: Uint8Array | null): string {
  return data === null ? '' : javaText(data)
}

/** java.util.List.toString; each data.ACL ends its own line. */
function aclList(acls: AclList): string {
  return acls === null ? 'null' : `[${acls.map((one) => `${acl(one)}\n`).join(', ')}]`
}

function acl({ perms, scheme, id }: Acl): string {
  return `${perms},s{${quoted(scheme)},${quoted(id)}}`
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '%00',
  '\n': '%0A',
  '\r': '%0D',
  ',': '%2C',
  '}': '%7D',
  '%': '%25',
}

/** ToStringOutputArchive.writeString; a null string prints as nothing. */
function quoted(bytes: Text): string {
  return bytes === null ? '' : `'${javaText(bytes).replace(/[\0\n\r,}%]/g, (one) => ESCAPES[one]!)}`
}
