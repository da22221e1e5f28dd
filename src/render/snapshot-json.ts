/*
 * What is in a snapshot as the JSON of the contract (`zkops schema snapshot dump`): one object a thing, fields in a
 * fixed order. The stat is the stored one, in full.
 */
import type { AclTable } from '../formats/snapshot/acls.ts'
import type { SnapshotHeader } from '../formats/snapshot/header.ts'
import { type NodeStat, nodeAt, type SnapshotNode } from '../formats/snapshot/node.ts'
import { nodeKind, ttlMs } from '../formats/snapshot/owner.ts'
import type { SessionTable } from '../formats/snapshot/sessions.ts'
import type { DigestBlock } from '../formats/snapshot/trailer.ts'
import { textOf } from '../formats/txnlog/filter.ts'
import type { PayloadDecoder } from '../operations/decode-payloads.ts'
import type { NodeDumpBatch } from '../operations/dump-snapshot.ts'
import { hex64 } from '../support/hex.ts'
import { aclJson, dataValue, timeText } from './txn-json.ts'

type Json = Record<string, unknown>

export interface NodeJsonOptions {
  /** False: `dataBytes` instead of `data`. */
  readonly data: boolean
}

export function headerJson({ version, dbId }: SnapshotHeader): Json {
  return { kind: 'header', version, dbId: hex64(dbId) }
}

export function sessionJson(sessions: SessionTable, i: number): Json {
  return { kind: 'session', id: hex64(sessions.id(i)), timeoutMs: sessions.timeoutMs(i) }
}

export function digestJson({ zxid, version, value }: DigestBlock): Json {
  return { kind: 'digest', zxid: hex64(zxid), version, value: hex64(value) }
}

export function lastZxidJson(zxid: bigint): Json {
  return { kind: 'lastZxid', zxid: hex64(zxid) }
}

/** Node `row` of a batch. */
export function nodeJson(batch: NodeDumpBatch, row: number, options: NodeJsonOptions): Json {
  const node = nodeAt(batch, row)
  return { kind: 'node', path: pathText(node.path), ...nodeFields(node, batch.acls, options, batch.decode) }
}

export function pathText(path: Uint8Array): string {
  return path.length === 0 ? '/' : textOf(path)
}

/** What a node is besides its path. */
export function nodeFields(
  { path, data, aclRef, stat }: SnapshotNode,
  acls: AclTable,
  options: NodeJsonOptions,
  decode?: PayloadDecoder,
): Json {
  const kind = nodeKind(stat.ephemeralOwner)
  return {
    ...(options.data ? { data: dataValue(data) } : { dataBytes: data?.length ?? null }),
    ...(options.data && decode !== undefined ? { decoded: decode(path, data) } : {}),
    ...nodeAclJson(acls, aclRef),
    type: kind,
    ...(kind === 'ttl' ? { ttlMs: ttlMs(stat.ephemeralOwner) } : {}),
    stat: statJson(stat),
  }
}

/** `acl`, and `aclRef` for a list that the snapshot does not define. */
export function nodeAclJson(acls: AclTable, aclRef: bigint): Json {
  const list = acls.list(aclRef)
  return list === undefined ? { acl: null, aclRef: Number(aclRef) } : { acl: aclJson(list) }
}

function statJson(stat: NodeStat): Json {
  return {
    czxid: hex64(stat.czxid),
    mzxid: hex64(stat.mzxid),
    pzxid: hex64(stat.pzxid),
    ctime: timeText(stat.ctimeMs),
    mtime: timeText(stat.mtimeMs),
    version: stat.version,
    cversion: stat.cversion,
    aversion: stat.aversion,
    ephemeralOwner: hex64(stat.ephemeralOwner),
  }
}
