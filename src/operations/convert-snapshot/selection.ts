/*
 * Which nodes of a snapshot stay. Parents of what is kept stay as well, and what a server makes itself; quotas go with
 * the subtrees that they are set for.
 */
import { NODE_FLAG, ROW, ROW_WORDS } from '../../formats/snapshot/kernel/kernel.ts'
import { nodeAt, pathAt } from '../../formats/snapshot/node.ts'
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
}

const BUILT_IN = ['/zookeeper', '/zookeeper/quota', '/zookeeper/config'] as const
const QUOTA = '/zookeeper/quota'

/** Throws `usage` for paths that are none, or that must stay. */
export function selector({ keep, prune, dropSessions }: Selection): Selector {
  const kept = keep.map(given)
  const pruned = prune.map(given)
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
    kept.length === 0 ? undefined : [...withQuota(kept), ...BUILT_IN.map((path) => ({ ...given(path), alone: true }))]
  const pruneAll = withQuota(pruned)
  return {
    selects: dropSessions || keepAll !== undefined || pruneAll.length > 0,
    stays(batch, row) {
      const path = pathAt(batch, row)
      for (const one of kept) one.met ||= one.bytes.equals(path)
      for (const one of pruned) one.met ||= one.bytes.equals(path)
      if (dropSessions && batch.table[row * ROW_WORDS + ROW.flags]! & NODE_FLAG.owned) {
        if (nodeKind(nodeAt(batch, row).stat.ephemeralOwner) === 'ephemeral') return false
      }
      if (pruneAll.some(({ bytes }) => isWithin(path, bytes))) return false
      if (keepAll === undefined) return true
      return keepAll.some((one) => isWithin(one.bytes, path) || (!('alone' in one) && isWithin(path, one.bytes)))
    },
    unmet: () => [...kept, ...pruned].find(({ met }) => !met)?.path,
  }
}

function given(path: string): Given {
  if (!path.startsWith('/') || (path.length > 1 && path.endsWith('/')) || path.includes('//')) {
    throw new ZkopsError('usage', `${path} is no path of a znode: expected e.g. /app/data`)
  }
  const real = path === '/' ? '' : path
  return { path: real, bytes: Buffer.from(real), met: false }
}

/** Where a quota for a path, or for paths below it, is kept. */
function quotaOf({ path }: Given): Given {
  return { path, bytes: Buffer.from(`${QUOTA}${path}`), met: true }
}

/** Whether a path is `top` or below it. */
function isWithin(path: Uint8Array, top: Uint8Array): boolean {
  if (path.length < top.length || (path.length > top.length && path[top.length] !== 0x2f)) return false
  // the last bytes differ most often
  for (let i = top.length - 1; i >= 0; i--) if (path[i] !== top[i]) return false
  return true
}
