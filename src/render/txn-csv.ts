/*
 * Transactions as CSV (RFC 4180): a header row, one row a record. Lists (acl, ops, paths) are JSON in one field; data
 * is text when it is UTF-8, else `base64:` and base64. `decoded` is a column only where decoding is asked for.
 */
import { isoSecond, type LineForm } from './fast-lines.ts'
import { unseen } from './json.ts'
import { type TxnJsonOptions, txnJson } from './txn-json.ts'

const COLUMNS = [
  'file',
  'offset',
  'bytes',
  'zxid',
  'time',
  'session',
  'cxid',
  'type',
  'path',
  'version',
  'ephemeral',
  'ttlMs',
  'parentCversion',
  'timeoutMs',
  'code',
  'name',
  'data',
  'dataBytes',
  'acl',
  'paths',
  'ops',
  'op',
  'digest',
] as const

export function txnCsvForm(options: TxnJsonOptions & { readonly decoded?: boolean }): LineForm & {
  /** The first row. */
  readonly header: string
} {
  const columns = COLUMNS.flatMap((column) => (column === 'data' && options.decoded ? ['data', 'decoded'] : [column]))
  return {
    format: 'csv',
    header: `${columns.join(',')}\r\n`,
    data: options.data ? 1 : 0,
    second: isoSecond,
    prefix: (file) => `${field(file)},`,
    line: (batch, row) => {
      const json = txnJson(batch, row, options)
      return csvLine(columns.map((column) => json[column]))
    },
  }
}

/** One row: null and undefined are empty, data is its text, any other object JSON. */
export function csvLine(values: readonly unknown[]): string {
  return `${values.map(field).join(',')}\r\n`
}

function field(value: unknown): string {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'object' ? objectText(value) : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function objectText(value: object): string {
  if ('encoding' in value && 'value' in value)
    return value.encoding === 'utf8' ? String(value.value) : `base64:${value.value}`
  return unseen(JSON.stringify(value))
}
