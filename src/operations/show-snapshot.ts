/*
 * snapshot show: what a tree is, on one screen, and how well it is proved.
 */
import { basename } from 'node:path'
import { type Compression, openSource } from '../datadir/byte-source.ts'
import type { NodeKind } from '../formats/snapshot/owner.ts'
import type { Finding } from '../support/finding.ts'
import { widestParents } from './look-into/disk-usage.ts'
import { lookInto } from './look-into/look.ts'
import type { OpenTreeOptions } from './open-tree.ts'
import { type TreeProof, treeProof } from './tree-proof.ts'

const PARENTS = 5

export interface ShownTree {
  readonly file: string
  /** On disk; undefined for standard input that is a pipe. */
  readonly fileBytes: number | undefined
  readonly compression: Compression
  /** By the blocks behind the nodes. */
  readonly format: '3.4' | '3.6' | '3.9'
  readonly dbId: bigint
  /** Names of the files. */
  readonly source: { readonly snapshot: string; readonly logs: readonly string[] }
  readonly zxid: bigint | null
  readonly timeMs: number | null
  /** As srvr counts: the root counts twice. */
  readonly nodes: number
  readonly kinds: Readonly<Record<NodeKind, number>>
  readonly sessions: number
  readonly acls: number
  readonly dataBytes: number
  /** Null where the files carry none. */
  readonly digest: bigint | null
  readonly proof: TreeProof | null
  /** Those with the most children. */
  readonly parents: readonly { readonly path: string; readonly children: number }[]
  readonly findings: readonly Finding[]
}

/** Throws as openTree does. */
export async function showSnapshot(options: OpenTreeOptions): Promise<ShownTree> {
  const look = await lookInto(options)
  const { tree, snapshot, logs, zxid, timeMs, digests, findings } = look
  const source = await openSource(snapshot.file, options.signal)
  await source.close()
  const { nodes, ephemerals, containers, ttls, valueBytes, sessions } = tree.counts()
  return {
    file: snapshot.file,
    fileBytes: source.sizeBytes,
    compression: source.compression,
    format: snapshot.lastZxid !== null ? '3.9' : snapshot.digest !== null ? '3.6' : '3.4',
    dbId: snapshot.dbId,
    source: { snapshot: basename(snapshot.file), logs: logs.map((log) => basename(log)) },
    zxid,
    timeMs,
    nodes: nodes + 1,
    kinds: {
      persistent: nodes - ephemerals - containers - ttls,
      ephemeral: ephemerals,
      container: containers,
      ttl: ttls,
    },
    sessions,
    acls: tree.acls().size,
    dataBytes: valueBytes,
    digest: digests ? tree.digest() : null,
    proof: treeProof(look),
    parents: widestParents(look, 0, PARENTS).map(({ path, children }) => ({ path, children })),
    findings,
  }
}
