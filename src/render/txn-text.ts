/*
 * Transactions for a person, one line each, operations of a multi indented below:
 *
 *     # log.100  2026-11-23 (UTC)
 *     13:36:34.429 0x1        0x100004bec300000 createSession   30 s
 *     13:36:34.479 0x2        0x100004bec300000 create          /app  "root of the application" 28 B
 *     13:36:35.019 0x7        0x100004bec300000 multi           3 operations
 *                                               setData         /app/a  version 2  "x" 1 B
 *
 * The date stands in a comment line whenever it or the file changes, so that a line fits a narrow screen. Control
 * characters in paths and data are escaped.
 */
import { isUtf8 } from 'node:buffer'
import { decodeTxn } from '../formats/txnlog/decode.ts'
import { textOf } from '../formats/txnlog/filter.ts'
import { errorName, OP, opName } from '../formats/txnlog/ops.ts'
import { FIELD } from '../formats/txnlog/scan.ts'
import type { AclList, SubTxn, Text, TxnBody } from '../formats/txnlog/types.ts'
import type { PayloadDecoder } from '../operations/decode-payloads.ts'
import { hex64 } from '../support/hex.ts'
import { decodedText } from './decoded-text.ts'
import type { LineForm } from './fast-lines.ts'
import { printable, type Style, shortened } from './style.ts'
import { permsText, timeText } from './txn-json.ts'

export interface TxnTextOptions {
  readonly style: Style
  /** False: sizes only. */
  readonly data: boolean
  /** Characters of data that are shown. */
  readonly dataWidth: number
}

/** With the decoder that came with the batch. */
interface LineOptions extends TxnTextOptions {
  readonly decode?: PayloadDecoder | undefined
}

/** As much as the kernel takes; wider than any data. */
const MOST_WIDTH = 2 ** 31 - 1

/** The longest name, createContainer and deleteContainer. */
const TYPE_WIDTH = 15

/** A line maker that remembers file and date. */
export function txnTextForm(given: TxnTextOptions): LineForm {
  const { color } = given.style
  let last = ''
  const painted = (head: string): string => {
    if (head === last) return ''
    last = head
    return color.bold(head)
  }
  return {
    format: 'text',
    data: given.data ? Math.min(given.dataWidth, MOST_WIDTH) : 0,
    second: (seconds) => new Date(seconds * 1000).toISOString().slice(11, 20),
    head: ({ log, view, table }, row) =>
      painted(dayAndClock(log.file, view.getBigInt64(table[2 * row]! + FIELD.timeMs)).head),
    line: (batch, row) => {
      const options: LineOptions = { ...given, decode: batch.decode }
      const at = batch.table[2 * row]! + 12
      const { header, body } = decodeTxn(batch.bytes, at, at + batch.table[2 * row + 1]!)
      const { head, clock } = dayAndClock(batch.log.file, header.timeMs)
      const left = `${clock} ${hex64(header.zxid).padEnd(11)} ${hex64(header.session).padEnd(18)} `
      const name = typeName(header.type, body)
      const line = `${color.dim(left)}${paint(name.padEnd(TYPE_WIDTH), name, options)} ${what(body, options)}`
      const ops = body.kind === 'multi' ? (body.ops ?? []).map((op) => opLine(op, left.length, options)).join('') : ''
      return `${painted(head)}${line.trimEnd()}\n${ops}`
    },
  }
}

/** The comment line for a file and a day, and the time of that day. */
export function dayAndClock(file: string, timeMs: bigint): { readonly head: string; readonly clock: string } {
  const time = timeText(timeMs)
  const date = time === null ? '(no time)' : `${time.slice(0, time.indexOf('T'))} (UTC)`
  const clock = time === null ? '-'.padEnd(12) : time.slice(time.indexOf('T') + 1, -1)
  return { head: `# ${printable(file)}  ${date}\n`, clock }
}

function opLine(op: SubTxn, indent: number, options: LineOptions): string {
  const name = op.type === OP.error ? 'error' : typeName(op.type, op.body)
  const text =
    op.type === OP.error && op.body.kind !== 'error' ? `(not applied, ${bytes(op.data)})` : what(op.body, options)
  return `${' '.repeat(indent)}${paint(name.padEnd(TYPE_WIDTH), name, options)} ${text}`.trimEnd().concat('\n')
}

function typeName(type: number, body: TxnBody): string {
  return body.kind === 'unknown' ? `type ${type}` : (opName(type) ?? `type ${type}`)
}

function paint(text: string, name: string, { style: { color } }: TxnTextOptions): string {
  if (name === 'error') return color.red(text)
  if (name.startsWith('create')) return color.green(text)
  if (name.startsWith('delete') || name === 'closeSession') return color.magenta(text)
  return color.cyan(text)
}

/** Path, then what changed. */
function what(body: TxnBody, options: LineOptions): string {
  switch (body.kind) {
    case 'create':
      return join(path(body.path), body.ephemeral && 'ephemeral', dataText(body, options), aclText(body.acl))
    case 'createContainer':
      return join(path(body.path), dataText(body, options), aclText(body.acl))
    case 'createTTL':
      return join(path(body.path), `ttl ${body.ttlMs} ms`, dataText(body, options), aclText(body.acl))
    case 'delete':
      return path(body.path)
    case 'setData':
      return join(path(body.path), `version ${body.version}`, dataText(body, options))
    case 'setACL':
      return join(path(body.path), `aversion ${body.version}`, aclText(body.acl) || 'world:anyone:cdrwa')
    case 'check':
      return join(path(body.path), `version ${body.version}`)
    case 'multi':
      return `${body.ops?.length ?? 0} operations${body.ops?.some(({ type }) => type === OP.error) ? ', failed: nothing applied' : ''}`
    case 'error':
      return `${errorName(body.code) ?? 'unknown code'} (${body.code})`
    case 'createSession':
      return `timeout ${body.timeoutMs} ms`
    case 'closeSession':
      return body.paths === null || body.paths.length === 0 ? '' : `removes ${body.paths.map(path).join(' ')}`
    case 'unknown':
      return bytes(body.bytes)
  }
}

function join(...parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== '' && part !== false).join('  ')
}

function path(text: Text): string {
  return text === null ? '(null)' : printable(textOf(text))
}

/** The ordinary list, world:anyone with all permissions, is not worth a word. */
export function aclText(acls: AclList): string {
  if (acls === null) return 'acl (null)'
  const list = aclEntries(acls).join(',')
  return list === 'world:anyone:cdrwa' ? '' : `acl ${list}`
}

/** `scheme:id:perms` for each entry. */
export function aclEntries(acls: NonNullable<AclList>): string[] {
  return acls.map(({ perms, scheme, id }) => `${path(scheme)}:${path(id)}:${permsText(perms)}`)
}

export function dataText(
  { path, data: value }: { readonly path: Text; readonly data: Uint8Array | null },
  { data: shown, dataWidth, decode }: LineOptions,
): string {
  if (value === null) return 'null'
  if (!shown || dataWidth === 0) return bytes(value)
  const decoded = decode?.(path, value) ?? null
  return `${(decoded && decodedText(decoded, dataWidth)) ?? rawText(value, dataWidth)} ${bytes(value)}`
}

function rawText(value: Uint8Array, width: number): string {
  return isUtf8(value)
    ? `"${shortened(printable(textOf(value.subarray(0, width * 4 + 4))), width)}"`
    : `0x${shortened(hexOf(value, width), width)}`
}

function hexOf(value: Uint8Array, digits: number): string {
  return Buffer.from(value.subarray(0, digits)).toString('hex')
}

function bytes(value: Uint8Array | null): string {
  return `${value?.length ?? 0} B`
}
