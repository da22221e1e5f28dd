/*
 * The blocks behind the nodes that the servers of a line read, as far as what they say is true of what is written:
 *
 *   nothing is left out    as they are
 *   nodes are left out     the digest is computed afresh, if the stored one is right for the zxid of the name: then it is
 *                          known that the snapshot is exactly the tree of that moment. Otherwise there is none.
 *
 * A last zxid stands behind a digest only; the digest block came with 3.6, the last zxid with 3.9, and both may be missing.
 */
import type { DigestBlock } from '../../formats/snapshot/trailer.ts'
import type { SnapshotBlocks } from '../../formats/snapshot/writer.ts'
import type { VerifySnapshotResult } from '../verify-snapshot.ts'

export interface KnownBlocks {
  readonly given: Pick<VerifySnapshotResult, 'digest' | 'lastZxid' | 'fuzzy' | 'nameZxid'>
  /** The digest block of the given one, also an empty one. */
  readonly block: DigestBlock | null
  /** 4 to 9; undefined: like the given ones. */
  readonly minor: number | undefined
  readonly leavesOut: boolean
}

export interface BlockPlan {
  /** A value that is computed from what is written, one that is taken over, or none. */
  readonly digest: 'computed' | 'given' | 'none'
  readonly lastZxid: bigint | null
}

export function blockPlan({ given, block, minor = 9, leavesOut }: KnownBlocks, asGiven: boolean): BlockPlan {
  const { digest, nameZxid, fuzzy } = given
  const exact =
    digest !== null &&
    digest.match === true &&
    digest.computed === digest.stored &&
    fuzzy === null &&
    digest.zxid === nameZxid
  const kind = minor < 6 || block === null ? 'none' : !leavesOut ? 'given' : exact ? 'computed' : 'none'
  if (asGiven) return { digest: kind, lastZxid: kind === 'none' && leavesOut ? null : given.lastZxid }
  if (kind === 'none' || minor < 9) return { digest: kind, lastZxid: null }
  return { digest: kind, lastZxid: given.lastZxid ?? (exact ? nameZxid : null) }
}

/** What is written; `computed`: the digest of the nodes that were. */
export function blocksOf({ digest, lastZxid }: BlockPlan, block: DigestBlock | null, computed: bigint): SnapshotBlocks {
  if (digest === 'none' || block === null) return { digest: null, lastZxid }
  return { digest: digest === 'computed' ? { ...block, version: 2, value: computed } : block, lastZxid }
}
