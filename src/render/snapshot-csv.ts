/*
 * What is in a snapshot as CSV (RFC 4180): a header row, one row a thing. The access list is JSON in one field, data is
 * text when it is UTF-8, else `base64:` and base64; `version` is that of a node, a header or a digest. `decoded` is a
 * column only where decoding is asked for.
 */
import { nodeAt } from '../formats/snapshot/node.ts'
import { nodeKind, ttlMs } from '../formats/snapshot/owner.ts'
import { textOf } from '../formats/txnlog/filter.ts'
import type { NodeDumpBatch } from '../operations/dump-snapshot.ts'
import { hex64 } from '../support/hex.ts'
import { csvField } from './csv.ts'
import { nodeAclJson } from './snapshot-json.ts'
import { dataValue, timeText } from './txn-json.ts'

const COLUMNS = [
  ...['kind', 'path', 'type', 'ttlMs', 'data', 'decoded', 'dataBytes', 'acl', 'aclRef', 'czxid', 'mzxid', 'pzxid'],
  ...[
    'ctime',
    'mtime',
    'version',
    'cversion',
    'aversion',
    'ephemeralOwner',
    'dbId',
    'id',
    'timeoutMs',
    'zxid',
    'value',
  ],
] as const
/** Those that no node has stand at the end. */
const OTHERS = ',,,,,'

export interface SnapshotCsvOptions {
  /** False: `dataBytes` instead of `data`. */
  readonly data: boolean
  readonly decoded: boolean
}

export interface SnapshotCsv {
  readonly header: string
  node(batch: NodeDumpBatch, row: number): string
  /** Anything else, as JSON tells it. */
  other(json: Readonly<Record<string, unknown>>): string
}

export function snapshotCsv({ data: shown, decoded }: SnapshotCsvOptions): SnapshotCsv {
  const columns = COLUMNS.filter((column) => column !== 'decoded' || decoded)
  const lists = new Map<bigint, string>()
  const listOf = ({ acls }: NodeDumpBatch, ref: bigint): string => {
    let text = lists.get(ref)
    if (text === undefined) {
      const { acl, aclRef } = nodeAclJson(acls, ref)
      text = `${csvField(acl)},${csvField(aclRef)}`
      lists.set(ref, text)
    }
    return text
  }
  return {
    header: `${columns.join(',')}\r\n`,
    node(batch, row) {
      const { path, data, aclRef, stat } = nodeAt(batch, row)
      const kind = nodeKind(stat.ephemeralOwner)
      const value = shown ? csvField(dataValue(data)) : ''
      const decode = decoded ? `${csvField(batch.decode?.(path, data) ?? null)},` : ''
      const bytes = shown || data === null ? '' : data.length
      const what = `${csvField(path.length === 0 ? '/' : textOf(path))},${kind},${kind === 'ttl' ? ttlMs(stat.ephemeralOwner) : ''}`
      const zxids = `${hex64(stat.czxid)},${hex64(stat.mzxid)},${hex64(stat.pzxid)}`
      const times = `${timeText(stat.ctimeMs) ?? ''},${timeText(stat.mtimeMs) ?? ''}`
      const versions = `${stat.version},${stat.cversion},${stat.aversion},${hex64(stat.ephemeralOwner)}`
      return `node,${what},${value},${decode}${bytes},${listOf(batch, aclRef)},${zxids},${times},${versions}${OTHERS}\r\n`
    },
    other: (json) => `${columns.map((column) => csvField(json[column])).join(',')}\r\n`,
  }
}
