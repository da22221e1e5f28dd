import { gzipSync } from 'node:zlib'
import { snappyEncoder } from '../../src/formats/compression/snappy-encode.ts'
import { OPEN_ACL } from '../../src/formats/snapshot/acls.ts'
import { createSnapshotKernel } from '../../src/formats/snapshot/kernel/create.ts'
import type { SnapshotKernel } from '../../src/formats/snapshot/kernel/kernel.ts'
import type { NodeStat, SnapshotNode } from '../../src/formats/snapshot/node.ts'
import type { Session } from '../../src/formats/snapshot/sessions.ts'
import { type SnapshotBlocks, snapshotWriter } from '../../src/formats/snapshot/writer.ts'
import type { AclList } from '../../src/formats/txnlog/types.ts'
import { text } from './log-builder.ts'

const STAT: NodeStat = {
  czxid: 1n,
  mzxid: 1n,
  ctimeMs: 1_763_000_000_000n,
  mtimeMs: 1_763_000_000_000n,
  version: 0,
  cversion: 0,
  aversion: 0,
  ephemeralOwner: 0n,
  pzxid: 1n,
}

export interface NodeOptions extends Partial<NodeStat> {
  readonly data?: string | Uint8Array | null
  readonly aclRef?: bigint
}

export function node(path: string | Uint8Array, options: NodeOptions = {}): SnapshotNode {
  const { data = 'x', aclRef = 1n, ...stat } = options
  return {
    path: typeof path === 'string' ? text(path) : path,
    data: typeof data === 'string' ? text(data) : data,
    aclRef,
    stat: { ...STAT, ...stat },
  }
}

/** Root and what every server makes. */
export const BASE: readonly SnapshotNode[] = [
  node('', { data: '', aclRef: -1n, czxid: 0n, mzxid: 0n, pzxid: 1n, ctimeMs: 0n, mtimeMs: 0n }),
  node('/zookeeper', { data: '', aclRef: -1n, czxid: 0n, mzxid: 0n, pzxid: 0n, ctimeMs: 0n, mtimeMs: 0n }),
  node('/zookeeper/quota', { data: '', aclRef: -1n, czxid: 0n, mzxid: 0n, pzxid: 0n, ctimeMs: 0n, mtimeMs: 0n }),
]

export interface SnapshotOptions {
  readonly sessions?: readonly Session[]
  readonly acls?: readonly (readonly [bigint, AclList])[]
  /** Default: a digest that fits, of zxid 1. */
  readonly blocks?: Partial<SnapshotBlocks>
  readonly kernel?: SnapshotKernel
}

/** A whole snapshot with seals that fit. */
export function snapshot(nodes: readonly SnapshotNode[], options: SnapshotOptions = {}): Buffer {
  const { sessions = [], acls = [[1n, OPEN_ACL]], blocks = {}, kernel = createSnapshotKernel() } = options
  const pieces: Uint8Array[] = []
  const writer = snapshotWriter(kernel, (piece) => pieces.push(piece.slice()))
  writer.begin({ sessions, sessionCount: sessions.length, acls, aclCount: acls.length })
  for (const one of nodes) writer.node(one)
  const digest = { zxid: 1n, version: 2, value: writer.digest() }
  writer.end({ digest, lastZxid: 1n, ...blocks })
  return Buffer.concat(pieces)
}

export function snappy(bytes: Uint8Array): Buffer {
  const encoder = snappyEncoder()
  const pieces: Uint8Array[] = []
  for (const part of [encoder.push(bytes), encoder.end()]) for (const piece of part) pieces.push(piece.slice())
  return Buffer.concat(pieces)
}

/** Ends of names, and what they stand for. */
export const FORMS = [
  ['', (bytes: Buffer) => bytes],
  ['.gz', (bytes: Buffer) => gzipSync(bytes)],
  ['.snappy', (bytes: Buffer) => snappy(bytes)],
] as const
