/*
 * Which nodes of a snapshot stay. Parents of what is kept stay as well, and what a server makes itself; quotas go with
 * the subtrees that they are set for.
 */
import { NODE_FLAG, ROW, ROW_WORDS } from '../../formats/snapshot/kernel/kernel.ts'
import { STAT } from '../../formats/snapshot/node.ts'
import { nodeKind } from '../../formats/snapshot/owner.ts'
import type { NodeBatch } from '../../formats/snapshot/scan.ts'
import { ZkopsError } from '../../support/errors.ts'

export interface Selection {
  /** Paths whose subtrees stay; none: all do. */
  readonly keep: readonly string[]
  /** Paths whose subtrees go. */
  readonly prune: readonly string[]
  /** Without sessions, and the ephemerals that are theirs. */
  readonly dropSessions: boolean
}

export interface Selector {
  /** Whether anything may go at all. */
  readonly selects: boolean
  stays(batch: NodeBatch, row: number): boolean
  /** Of the paths that were given, one that no node had so far. */
  unmet(): string | undefined
}

interface Given {
  readonly path: string
  readonly bytes: Buffer
  met: boolean
  /** Without what is below it. */
  readonly alone: boolean
}

const BUILT_IN = ['/zookeeper', '/zookeeper/quota', '/zookeeper/config'] as const
const QUOTA = '/zookeeper/quota'

/** Throws `usage` for paths that are none, or that must stay. */
export function selector({ keep, prune, dropSessions }: Selection): Selector {
  const kept = keep.map(givenPath)
  const pruned = prune.map(givenPath)
  const given = [...kept, ...pruned]
  for (const { path } of pruned) {
    if (path === '' || (BUILT_IN as readonly string[]).includes(path)) {
      throw new ZkopsError('usage', `${path || '/'} cannot be pruned: every server has it`)
    }
  }
  const withQuota = (paths: readonly Given[]) => [
    ...paths,
    ...paths.filter(({ path }) => !path.startsWith(QUOTA)).map(quotaOf),
  ]
  const keepAll =
    kept.length === 0
      ? undefined
      : [...withQuota(kept), ...BUILT_IN.map((path) => ({ ...givenPath(path), alone: true }))]
  const pruneAll = withQuota(pruned)
  return {
    selects: dropSessions || keepAll !== undefined || pruneAll.length > 0,
    stays(batch, row) {
      const { bytes, table } = batch
      const from = table[row * ROW_WORDS + ROW.at]! + 4
      const to = table[row * ROW_WORDS + ROW.dataAt]!
      for (const one of given) one.met ||= isEqual(one.bytes, bytes, from, to)
      if (dropSessions && batch.table[row * ROW_WORDS + ROW.flags]! & NODE_FLAG.owned) {
        const owner = batch.view.getBigInt64(table[row * ROW_WORDS + ROW.aclAt]! + STAT.ephemeralOwner)
        if (nodeKind(owner) === 'ephemeral') return false
      }
      for (const one of pruneAll) if (isWithin(bytes, from, to, one.bytes)) return false
      if (keepAll === undefined) return true
      for (const one of keepAll) {
        if (isParent(bytes, from, to, one.bytes) || (!one.alone && isWithin(bytes, from, to, one.bytes))) return true
      }
      return false
    },
    unmet: () => given.find(({ met }) => !met)?.path,
  }
}

function givenPath(path: string): Given {
  if (!path.startsWith('/') || (path.length > 1 && path.endsWith('/')) || path.includes('//')) {
    throw new ZkopsError('usage', `${path} is no path of a znode: expected e.g. /app/data`)
  }
  const real = path === '/' ? '' : path
  return { path: real, bytes: Buffer.from(real), met: false, alone: false }
}

/** Where a quota for a path, or for paths below it, is kept. */
function quotaOf({ path }: Given): Given {
  return { path, bytes: Buffer.from(`${QUOTA}${path}`), met: true, alone: false }
}

const SLASH = 0x2f

/** Whether the path at [from, to) is `top` or below it; no view is made for each of millions of nodes. */
function isWithin(bytes: Uint8Array, from: number, to: number, top: Buffer): boolean {
  const end = from + top.length
  if (to < end || (to > end && bytes[end] !== SLASH)) return false
  return isEqual(top, bytes, from, end)
}

/** Whether it is `below` or a parent of it. */
function isParent(bytes: Uint8Array, from: number, to: number, below: Buffer): boolean {
  const length = to - from
  if (below.length < length || (below.length > length && below[length] !== SLASH)) return false
  return isSame(below, bytes, from, length)
}

function isEqual(path: Buffer, bytes: Uint8Array, from: number, to: number): boolean {
  return path.length === to - from && isSame(path, bytes, from, path.length)
}

/** The last bytes differ most often. */
function isSame(path: Buffer, bytes: Uint8Array, from: number, length: number): boolean {
  for (let i = length - 1; i >= 0; i--) if (bytes[from + i] !== path[i]) return false
  return true
}
