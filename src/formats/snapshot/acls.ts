/*
 * acls  => count:int (ref:long list)*                               ReferenceCountedACLCache.serialize; all releases
 *   list => count:int ACL*                                          -1: null, which stops a server's start
 *
 * Nodes name a list by its reference; -1, which is in no table, is the open list (world:anyone, everything). A count
 * below zero is none.
 */
import type { AclList } from '../txnlog/types.ts'

export const OPEN_ACL_REF = -1n

export const OPEN_ACL: AclList = [{ perms: 31, scheme: Buffer.from('world'), id: Buffer.from('anyone') }]

/** The access lists of a snapshot by reference. */
export interface AclTable {
  /** Entries as stored. */
  readonly count: number
  /** Undefined for a reference that the table does not define. */
  list(ref: bigint): AclList | undefined
  refs(): Iterable<bigint>
}

export function aclTable(entries: readonly (readonly [ref: bigint, list: AclList])[]): AclTable {
  const lists = new Map(entries)
  return {
    count: entries.length,
    list: (ref) => (ref === OPEN_ACL_REF ? OPEN_ACL : lists.get(ref)),
    refs: () => lists.keys(),
  }
}
