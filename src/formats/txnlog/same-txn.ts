/*
 * Whether two payloads under one zxid are the same transaction. Members store some transactions in different forms:
 *
 * - with or without a digest: it is switched off, or the release does not know it (3.5 and older)
 * - a failed multi: a member may have stored type -1 for every operation, with the operations' old bodies (formats of
 *   a failed multi: txn/multi.ts); nothing of it is applied, whatever the types say
 * - a closeSession with or without the list of paths (3.6 on; closeSessionTxn.enabled)
 * - bytes behind everything, which no reader looks at
 *
 * A digest that both have, with two values, is a difference: the trees differ. Digests of two versions say nothing.
 */
import { FormatError } from '../errors.ts'
import { decodeTxn } from './decode.ts'
import { textOf } from './filter.ts'
import { isRecordType, OP } from './ops.ts'
import type { MultiTxn, Txn } from './types.ts'

/** In what two records of the same transaction differ. */
export type TxnForm = 'digest' | 'failed-multi' | 'close-session' | 'trailing'

export type TxnComparison =
  | { readonly same: true; readonly forms: readonly TxnForm[] }
  | {
      readonly same: false
      /** The first field that differs, in the words of `log dump --format jsonl`; `bytes` for what cannot be decoded. */
      readonly field: string
      /** One sentence: both values. */
      readonly how: string
    }

const DIGEST_BYTES = 12
/** Of the header, before the type. */
const TYPE_AT = 28

/** Compares two payloads that a server would take. */
export function compareTxns(a: Uint8Array, b: Uint8Array): TxnComparison {
  if (Buffer.compare(a, b) === 0) return { same: true, forms: [] }
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a]
  if (longer.length === shorter.length + DIGEST_BYTES && onlyDigestMore(shorter, longer)) {
    return { same: true, forms: ['digest'] }
  }
  try {
    return compareDecoded(decodeTxn(a), decodeTxn(b))
  } catch (error) {
    if (error instanceof FormatError) return different('bytes', a, b)
    throw error
  }
}

function onlyDigestMore(shorter: Uint8Array, longer: Uint8Array): boolean {
  const view = new DataView(longer.buffer, longer.byteOffset, longer.length)
  return (
    isRecordType(view.getInt32(TYPE_AT)) &&
    view.getInt32(shorter.length) === 2 &&
    Buffer.compare(shorter, longer.subarray(0, shorter.length)) === 0
  )
}

function compareDecoded(a: Txn, b: Txn): TxnComparison {
  for (const field of ['session', 'cxid', 'timeMs', 'type'] as const) {
    if (a.header[field] !== b.header[field]) {
      return different(field === 'timeMs' ? 'time' : field, a.header[field], b.header[field])
    }
  }
  const forms: TxnForm[] = []
  const body = compareBodies(a, b, forms)
  if (body !== undefined) return body
  if (a.digest?.version !== b.digest?.version) forms.push('digest')
  else if (a.digest?.value !== b.digest?.value) return different('digest', a.digest?.value, b.digest?.value)
  if (Buffer.compare(a.trailing, b.trailing) !== 0) forms.push('trailing')
  return { same: true, forms }
}

/** Undefined when they are the same. */
function compareBodies(a: Txn, b: Txn, forms: TxnForm[]): TxnComparison | undefined {
  const [left, right] = [a.body, b.body]
  if (left.kind === 'closeSession' && right.kind === 'closeSession' && left.hasBody !== right.hasBody) {
    forms.push('close-session')
    return undefined
  }
  if (left.kind === 'multi' && right.kind === 'multi' && isSameFailedMulti(left, right)) {
    if (!equal(left, right)) forms.push('failed-multi')
    return undefined
  }
  for (const [field, value] of Object.entries(left)) {
    const other = (right as unknown as Readonly<Record<string, unknown>>)[field]
    if (!equal(value, other)) return different(left.kind === 'unknown' ? 'bytes' : field, value, other)
  }
  return undefined
}

/** Both failed, with the same operations, but for types that one member has overwritten with -1. */
function isSameFailedMulti(a: MultiTxn, b: MultiTxn): boolean {
  const [left, right] = [a.ops ?? [], b.ops ?? []]
  const failed = (ops: typeof left) => ops.some(({ type }) => type === OP.error)
  return (
    left.length === right.length &&
    failed(left) &&
    failed(right) &&
    left.every((op, i) => {
      const other = right[i]!
      return (op.type === other.type || op.type === OP.error || other.type === OP.error) && equal(op.data, other.data)
    })
  )
}

function equal(a: unknown, b: unknown): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => equal((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  )
}

function different(field: string, a: unknown, b: unknown): TxnComparison {
  return { same: false, field, how: `${field}: ${shown(field, a)} and ${shown(field, b)}` }
}

function shown(field: string, value: unknown): string {
  if (value === null || value === undefined) return 'none'
  if (typeof value === 'bigint') return field === 'time' ? `${value} ms` : `0x${BigInt.asUintN(64, value).toString(16)}`
  if (value instanceof Uint8Array) return field === 'path' ? textOf(value) : `${value.length} bytes`
  if (Array.isArray(value)) return `${value.length} entries`
  return String(value)
}
