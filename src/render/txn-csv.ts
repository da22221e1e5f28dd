/*
 * Transactions as CSV (RFC 4180): a header row, one row a record. Lists (acl, ops, paths) are JSON in one field; data
 * is text when it is UTF-8, else `base64:` and base64. `decoded` is a column only where decoding is asked for.
 */
import type { DumpBatch } from '../operations/dump-log.ts'
import { csvField } from './csv.ts'
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

export function txnCsvRenderer(options: TxnJsonOptions & { readonly decoded?: boolean }): {
  readonly header: string
  readonly line: (batch: DumpBatch, row: number) => string
} {
  const columns = COLUMNS.flatMap((column) => (column === 'data' && options.decoded ? ['data', 'decoded'] : [column]))
  return {
    header: `${columns.join(',')}\r\n`,
    line: (batch, row) => {
      const json = txnJson(batch, row, options)
      return `${columns.map((column) => csvField(json[column])).join(',')}\r\n`
    },
  }
}
