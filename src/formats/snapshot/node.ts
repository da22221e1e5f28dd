/*
 * node => path:ustring data:buffer acl:long stat                    DataTree.serializeNodeData; all releases
 *   stat => czxid:long mzxid:long ctime:long mtime:long version:int cversion:int aversion:int ephemeralOwner:long
 *           pzxid:long                                              StatPersisted
 *
 * The root's path is empty. cversion counts the creates of children only: clients see twice that less the children.
 */
import type { JuteWriter } from '../jute/writer.ts'
import { ROW, ROW_WORDS } from './kernel/kernel.ts'

/** Where the fields of a stat lie, from an ACL reference on. */
export const STAT = {
  czxid: 8,
  mzxid: 16,
  ctime: 24,
  mtime: 32,
  version: 40,
  cversion: 44,
  aversion: 48,
  ephemeralOwner: 52,
  pzxid: 60,
} as const

/** ACL reference and stat. */
export const AFTER_DATA_BYTES = 68

/** 64-bit values are signed, as stored; times in milliseconds since 1970. */
export interface NodeStat {
  readonly czxid: bigint
  readonly mzxid: bigint
  readonly ctimeMs: bigint
  readonly mtimeMs: bigint
  readonly version: number
  readonly cversion: number
  readonly aversion: number
  readonly ephemeralOwner: bigint
  readonly pzxid: bigint
}

export interface SnapshotNode {
  /** Bytes of UTF-8, as a rule. */
  readonly path: Uint8Array
  readonly data: Uint8Array | null
  readonly aclRef: bigint
  readonly stat: NodeStat
}

/** Nodes that lie in a kernel's memory. */
export interface NodeRows {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly table: Uint32Array
}

/** Where node `row` begins, in the memory. */
export function nodeIndex({ table }: NodeRows, row: number): number {
  return table[row * ROW_WORDS + ROW.at]!
}

/** The path of node `row`; a view. */
export function pathAt({ bytes, table }: NodeRows, row: number): Uint8Array {
  return bytes.subarray(table[row * ROW_WORDS + ROW.at]! + 4, table[row * ROW_WORDS + ROW.dataAt]!)
}

/** Node `row` of a batch; path and data are views. */
export function nodeAt(rows: NodeRows, row: number): SnapshotNode {
  const { bytes, view, table } = rows
  const dataAt = table[row * ROW_WORDS + ROW.dataAt]!
  const aclAt = table[row * ROW_WORDS + ROW.aclAt]!
  return {
    path: pathAt(rows, row),
    data: view.getInt32(dataAt) === -1 ? null : bytes.subarray(dataAt + 4, aclAt),
    aclRef: view.getBigInt64(aclAt),
    stat: {
      czxid: view.getBigInt64(aclAt + STAT.czxid),
      mzxid: view.getBigInt64(aclAt + STAT.mzxid),
      ctimeMs: view.getBigInt64(aclAt + STAT.ctime),
      mtimeMs: view.getBigInt64(aclAt + STAT.mtime),
      version: view.getInt32(aclAt + STAT.version),
      cversion: view.getInt32(aclAt + STAT.cversion),
      aversion: view.getInt32(aclAt + STAT.aversion),
      ephemeralOwner: view.getBigInt64(aclAt + STAT.ephemeralOwner),
      pzxid: view.getBigInt64(aclAt + STAT.pzxid),
    },
  }
}

/** The node that begins at the front of `bytes`; undefined when they end inside it, or it cannot be one. */
export function nodeIn(bytes: Uint8Array): SnapshotNode | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const dataAt = bytes.length < 8 ? bytes.length : 4 + view.getUint32(0)
  if (dataAt + 4 > bytes.length) return undefined
  const aclAt = dataAt + 4 + Math.max(0, view.getInt32(dataAt))
  if (aclAt + AFTER_DATA_BYTES > bytes.length) return undefined
  return nodeAt({ bytes, view, table: Uint32Array.of(0, dataAt, aclAt) }, 0)
}

export function writeNode(output: JuteWriter, { path, data, aclRef, stat }: SnapshotNode): void {
  output.buffer(path)
  output.buffer(data)
  output.long(aclRef)
  output.long(stat.czxid)
  output.long(stat.mzxid)
  output.long(stat.ctimeMs)
  output.long(stat.mtimeMs)
  output.int(stat.version)
  output.int(stat.cversion)
  output.int(stat.aversion)
  output.long(stat.ephemeralOwner)
  output.long(stat.pzxid)
}
