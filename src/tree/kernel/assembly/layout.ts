/*
 * The znodes: one row each, and one open-addressed table from path to row.
 *
 *   row  = parent:4 hash2:4 name:4 acl:4 length:4 offset:4 place:4 state:4 digest:4 refs:4 next:4 previous:4 stat:60 name bytes
 *   slot = hash1:4 row:4                                            row 0: empty
 *
 *   name      bits 0..28 its length, 29 NOT_ASCII (anywhere in the path), 30 EXCLUDED (below /zookeeper/), 31 GHOST
 *   length    of the value; -1 is null. Its bytes stay where they lie: `offset` and bits 0..7 of `place` are the
 *             position, bits 8..31 of `place` the number of the file
 *   state     CRC-32 register behind path and value, so that a changed stat costs 60 bytes
 *   digest    the znode's part of the tree digest; 0 when EXCLUDED
 *   refs      rows that have this one as parent
 *   next, previous  the list of its session's ephemerals
 *   stat      czxid mzxid pzxid ctime mtime version cversion aversion ephemeralOwner, big-endian: the digest's order
 *
 * A path is the chain of names up to the root, so it is kept once; a lookup compares all of it. The server keeps paths
 * and child sets apart, and in a replay they may disagree: a znode is in the child set of its parent when `parent` is
 * the row which the parent's path has now. A deleted row that others still point at stays as a ghost.
 */
export const PARENT: u32 = 0
export const HASH2: u32 = 4
export const NAME: u32 = 8
export const ACL: u32 = 12
export const LENGTH: u32 = 16
export const OFFSET: u32 = 20
export const PLACE: u32 = 24
export const STATE: u32 = 28
export const DIGEST: u32 = 32
export const REFS: u32 = 36
export const NEXT: u32 = 40
export const PREVIOUS: u32 = 44
export const STAT: u32 = 48
export const NAME_BYTES: u32 = 108

export const CZXID: u32 = STAT
export const MZXID: u32 = STAT + 8
export const PZXID: u32 = STAT + 16
export const CTIME: u32 = STAT + 24
export const MTIME: u32 = STAT + 32
export const VERSION: u32 = STAT + 40
export const CVERSION: u32 = STAT + 44
export const AVERSION: u32 = STAT + 48
export const OWNER: u32 = STAT + 52
export const STAT_BYTES: u32 = 60

export const LONGEST_NAME: u32 = 0x1fffffff
const NAME_MASK: u32 = LONGEST_NAME
export const NOT_ASCII: u32 = 1 << 29
export const EXCLUDED: u32 = 1 << 30
export const GHOST: u32 = 1 << 31

// @ts-ignore: decorator
@inline
export function nameLength(row: u32): u32 {
  return load<u32>(row + NAME) & NAME_MASK
}
