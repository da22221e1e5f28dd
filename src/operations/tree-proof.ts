import type { Mismatch } from '../tree/replay.ts'
import type { OpenTree } from './open-tree.ts'

/** How far the digests in logs and snapshot prove a tree. */
export interface TreeProof {
  readonly fromZxid: bigint | null
  readonly toZxid: bigint
  readonly txns: number
  /** Of these so many carried a digest that was compared. */
  readonly checked: number
  /** Transactions that change something and carry no digest. */
  readonly undigested: number
  /** How the digest of the snapshot itself fared. */
  readonly snapshotDigest: OpenTree['replay']['snapshotDigest']
  readonly firstMismatch: Pick<Mismatch, 'zxid' | 'path'> | null
}

/** Null: the files carry no digests. */
export function treeProof({ tree, digests, replay }: OpenTree): TreeProof | null {
  const { fromZxid, toZxid, txns, checked, snapshotDigest, firstMismatch } = replay
  // an empty digest block says nothing
  if (!digests || (checked === 0 && snapshotDigest === 'empty')) return null
  return {
    fromZxid,
    toZxid,
    txns,
    checked,
    undigested: tree.kernel.state().undigested,
    snapshotDigest,
    firstMismatch: firstMismatch === null ? null : { zxid: firstMismatch.zxid, path: firstMismatch.path },
  }
}
