/*
 * Transactions as CSV (RFC 4180): a header row, one row a record. Lists (acl, ops, paths) are JSON in one field; data
 * is text when it is UTF-8, else `base64:` and base64. `decoded` is a column only where decoding is asked for.
 */
import { csvField, csvLine } from './csv.ts'
import { isoSecond, type LineForm } from './fast-lines.ts'
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
    prefix: (file) => `${csvField(file)},`,
    line: (batch, row) => {
      const json = txnJson(batch, row, options)
      return csvLine(columns.map((column) => json[column]))
    },
  }
}
