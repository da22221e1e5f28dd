/*
 * A snapshot for a person, one line a node:
 *
 *     # snapshot.184  database 0xffffffffffffffff
 *     session 0x100004bec300001  timeout 30000 ms
 *     2026-11-23 13:36:34.843 0x7d        persistent /app  version 1  "after create2" 13 B
 *     2026-11-23 13:36:34.812 0x76        ephemeral  /app/x  version 0  null  owner 0x100004bec300000  acl world:anyone:r
 *     digest 0xa9700f1944  version 2  of 0x184
 *     last zxid 0x184
 *
 * Time (UTC) and zxid are those of the last change of the value. Control characters in paths and values are escaped.
 */
import type { AclTable } from '../formats/snapshot/acls.ts'
import { nodeAt } from '../formats/snapshot/node.ts'
import { type NodeKind, nodeKind, ttlMs } from '../formats/snapshot/owner.ts'
import { textOf } from '../formats/txnlog/filter.ts'
import type { NodeDumpBatch } from '../operations/dump-snapshot.ts'
import { hex64 } from '../support/hex.ts'
import { printable, type Style } from './style.ts'
import { timeText } from './txn-json.ts'
import { aclText, dataText } from './txn-text.ts'

export interface NodeTextOptions {
  readonly style: Style
  /** False: sizes only. */
  readonly data: boolean
  /** Characters of data that are shown. */
  readonly dataWidth: number
}

export function nodeText(batch: NodeDumpBatch, row: number, options: NodeTextOptions): string {
  const { path, data, aclRef, stat } = nodeAt(batch, row)
  const { color } = options.style
  const kind = nodeKind(stat.ephemeralOwner)
  const time = timeText(stat.mtimeMs)
  const left = `${(time === null ? '-' : time.replace('T', ' ').slice(0, -1)).padEnd(23)} ${hex64(stat.mzxid).padEnd(11)} `
  const parts = [
    path.length === 0 ? '/' : printable(textOf(path)),
    `version ${stat.version}`,
    dataText({ path, data }, { ...options, decode: batch.decode }),
    kind === 'ttl' && `ttl ${ttlMs(stat.ephemeralOwner)} ms`,
    kind === 'ephemeral' && `owner ${hex64(stat.ephemeralOwner)}`,
  ]
  const what = parts.filter((part) => part !== false).join('  ')
  return `${color.dim(left)}${paint(kind, options)} ${what}${nodeAclText(batch.acls, aclRef)}\n`
}

/** What stands at the end of a line; nothing for the open list. */
export function nodeAclText(acls: AclTable, aclRef: bigint): string {
  const list = acls.list(aclRef)
  const text = list === undefined ? `acl ${aclRef} (undefined)` : aclText(list)
  return text === '' ? '' : `  ${text}`
}

function paint(kind: NodeKind, { style: { color } }: NodeTextOptions): string {
  const text = kind.padEnd(10)
  return kind === 'persistent' ? text : kind === 'ephemeral' ? color.yellow(text) : color.cyan(text)
}
