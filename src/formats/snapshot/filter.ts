/*
 * Which nodes are wanted. Fields are compared where they lie; a path becomes a string only when paths are asked for.
 */
import { pathGlob } from '../../support/path-glob.ts'
import { textOf } from '../txnlog/filter.ts'
import { permsText } from '../txnlog/perms.ts'
import type { AclList } from '../txnlog/types.ts'
import type { AclTable } from './acls.ts'
import { ROW, ROW_WORDS } from './kernel/kernel.ts'
import { pathAt, STAT } from './node.ts'
import { type NodeKind, nodeKind } from './owner.ts'
import type { NodeBatch } from './scan.ts'

/** Everything given must hold. */
export interface NodeFilter {
  readonly path?: (path: string) => boolean
  readonly kinds?: ReadonlySet<NodeKind>
  /** ephemeralOwner; signed or unsigned. */
  readonly owner?: bigint
  /** Matches when any entry of the list does; undefined stands for a list that the snapshot does not define. */
  readonly acl?: (list: AclList | undefined) => boolean
}

/** A test for node `row` of a batch. */
export function nodeFilter({ path, kinds, owner, acl }: NodeFilter): (batch: NodeBatch, row: number) => boolean {
  const wantedOwner = owner === undefined ? undefined : BigInt.asIntN(64, owner)
  const wantedAcl = acl === undefined ? undefined : byReference(acl)
  return (batch, row) => {
    const { view, table } = batch
    const aclAt = table[row * ROW_WORDS + ROW.aclAt]!
    const owned = (wantedOwner ?? kinds) !== undefined
    const stored = owned ? view.getBigInt64(aclAt + STAT.ephemeralOwner) : 0n
    if (wantedOwner !== undefined && stored !== wantedOwner) return false
    if (kinds !== undefined && !kinds.has(nodeKind(stored))) return false
    if (wantedAcl !== undefined && !wantedAcl(batch.acls, view.getBigInt64(aclAt))) return false
    if (path === undefined) return true
    const bytes = pathAt(batch, row)
    return path(bytes.length === 0 ? '/' : textOf(bytes))
  }
}

/** Lists are few, nodes are many. */
function byReference(acl: (list: AclList | undefined) => boolean): (acls: AclTable, ref: bigint) => boolean {
  const known = new Map<bigint, boolean>()
  return (acls, ref) => {
    let passes = known.get(ref)
    if (passes === undefined) known.set(ref, (passes = acl(acls.list(ref))))
    return passes
  }
}

/**
 * A test for access lists: `undefined`, or a glob that an entry's `scheme:id` or `scheme:id:perms` matches; `*` stands
 * for anything.
 */
export function aclPattern(pattern: string): (list: AclList | undefined) => boolean {
  if (pattern === 'undefined') return (list) => list === undefined
  const matches = pathGlob(pattern.replaceAll(/\*+/g, '**'))
  return (list) =>
    (list ?? []).some(({ perms, scheme, id }) => {
      const who = `${scheme === null ? '' : textOf(scheme)}:${id === null ? '' : textOf(id)}`
      return matches(who) || matches(`${who}:${permsText(perms)}`)
    })
}
