/*
 * The kernel of snapshots: walks the node stream, one call per chunk.
 *
 *   nodes => (path:ustring node)* "/"                              DataTree.serializeNode; all releases
 *   node  => data:buffer acl:long stat                             DataNode.serialize
 *   stat  => czxid:long mzxid:long ctime:long mtime:long version:int cversion:int aversion:int
 *            ephemeralOwner:long pzxid:long                        StatPersisted, 60 bytes
 *
 * The read buffer lies in this memory, so nothing is copied in. Every node gets six words in the table: where it begins
 * (the length of its path), where the length of its data is, where its ACL reference is (the stat follows), flags and
 * depth, and 64 bits of a hash of its path. Nodes come depth first, so a parent must be an ancestor of the node before,
 * or that node itself; nothing but that node's path is looked at.
 *
 * ../plain.ts is the same in JavaScript: for runtimes without SIMD, and the tests' second opinion.
 */
import { adler32 } from '../../../kernel/assembly/scan'
import { addToDigest, resetDigest } from './digest'

export { adler32 }
export { digestSum, asciiDigestSum } from './digest'
export { aclSlotAt, linesAt, lineStop, resetLines, setAcl, writeNodes } from './lines'

/** Stop kinds; ../kernel.ts has the same list. */
const NEED_MORE: u32 = 0
const TABLE_FULL: u32 = 1
const END: u32 = 2
const BAD_PATH_LENGTH: u32 = 3
const NULL_PATH: u32 = 4
const BAD_DATA_LENGTH: u32 = 5

/** Flags; ../kernel.ts has the same list. */
const PARENT_NOT_OPEN: u32 = 1
const OVER_LIMIT: u32 = 2
const NO_SLASH: u32 = 4
const OTHER_ACL: u32 = 8
const OWNED: u32 = 16

export let stopKind: u32 = 0
export let stopAt: u32 = 0
/** Of all nodes so far: the highest czxid, mzxid or pzxid. */
export let maxZxid: i64 = i64.MIN_VALUE

/** Grows the memory so that it ends behind `bytes`; false when there is no more to be had. */
export function reserve(bytes: u32): bool {
  // vectors are read up to 32 bytes behind the last byte that counts
  const pages = <i32>((<u64>bytes + 32 + 0xffff) >> 16) - memory.size()
  return pages <= 0 || memory.grow(pages) >= 0
}

/** Starts a new snapshot. */
export function begin(): void {
  maxZxid = i64.MIN_VALUE
  resetDigest()
}

/**
 * Walks the nodes in [from, to). A string longer than `most` cannot be; one longer than `limit` is more than a server
 * takes. `before` is where the node before begins, 0 for none. Fills at most `capacity` rows at `table` and returns how
 * many.
 */
export function frame(
  from: u32,
  to: u32,
  before: u32,
  limit: u32,
  most: u32,
  digest: bool,
  table: u32,
  capacity: u32,
): u32 {
  let at = from
  let rows: u32 = 0
  let kind = TABLE_FULL
  let max = maxZxid
  let lastAcl: u64 = 0
  while (rows < capacity) {
    if (to - at < 4) {
      kind = NEED_MORE
      break
    }
    const pathLength = bswap<u32>(load<u32>(at))
    if (pathLength > most) {
      kind = pathLength == 0xffffffff ? NULL_PATH : BAD_PATH_LENGTH
      break
    }
    const path = at + 4
    // in 64 bits: at + length may pass the end of memory
    if (<u64>path + pathLength > <u64>to) {
      kind = NEED_MORE
      break
    }
    if (pathLength == 1 && load<u8>(path) == 0x2f) {
      kind = END
      break
    }
    const dataAt = path + pathLength
    if (to - dataAt < 4) {
      kind = NEED_MORE
      break
    }
    let dataLength = bswap<u32>(load<u32>(dataAt))
    if (dataLength == 0xffffffff) dataLength = 0
    if (dataLength > most) {
      kind = BAD_DATA_LENGTH
      break
    }
    if (<u64>dataAt + 4 + dataLength + 68 > <u64>to) {
      kind = NEED_MORE
      break
    }
    const aclAt = dataAt + 4 + dataLength
    const statAt = aclAt + 8

    findSlashes(path, pathLength)
    let flags: u32 = 0
    if (slashes == 0) {
      if (pathLength > 0) flags = NO_SLASH
    } else if (!isOpen(path, lastSlash, before)) flags = PARENT_NOT_OPEN
    const acl = load<u64>(aclAt)
    if (rows == 0 || acl != lastAcl) flags |= OTHER_ACL
    lastAcl = acl
    if (load<u64>(statAt, 44) != 0) flags |= OWNED
    if (pathLength > limit || dataLength > limit) flags |= OVER_LIMIT

    const czxid = bswap<i64>(load<i64>(statAt))
    const mzxid = bswap<i64>(load<i64>(statAt, 8))
    const pzxid = bswap<i64>(load<i64>(statAt, 52))
    max = larger(max, larger(czxid, larger(mzxid, pzxid)))

    if (digest) addToDigest(path, pathLength, dataAt + 4, dataLength, statAt)
    const row = table + rows * 24
    store<u32>(row, at)
    store<u32>(row, dataAt, 4)
    store<u32>(row, aclAt, 8)
    hash(path, pathLength, row + 16)
    store<u32>(row, (slashes << 8) | flags, 12)
    rows++
    before = at
    at = statAt + 60
  }
  maxZxid = max
  stopKind = kind
  stopAt = at
  return rows
}

// @ts-ignore: decorator
@inline
function larger(a: i64, b: i64): i64 {
  return a > b ? a : b
}

/** Whether the first `length` bytes of `path` are the path of the node that begins at `before`, or of one above it. */
function isOpen(path: u32, length: u32, before: u32): bool {
  if (before == 0) return false
  const beforeLength = bswap<u32>(load<u32>(before))
  if (beforeLength < length) return false
  const other = before + 4
  if (length < 16) {
    const same = i8x16.bitmask(i8x16.eq(v128.load(path), v128.load(other)))
    if ((~same & ((1 << length) - 1)) != 0) return false
  } else {
    // the last step reaches back over the one before
    for (let at: u32 = 0; at + 16 < length; at += 16) {
      if (v128.any_true(v128.xor(v128.load(path + at), v128.load(other + at)))) return false
    }
    if (v128.any_true(v128.xor(v128.load(path + length - 16), v128.load(other + length - 16)))) return false
  }
  return beforeLength == length || load<u8>(other + length) == 0x2f
}

/** How many slashes a path has, and where the last one is. */
let slashes: u32 = 0
let lastSlash: u32 = 0

function findSlashes(path: u32, length: u32): void {
  const slash = i8x16.splat(0x2f)
  let count: u32 = 0
  let last: u32 = 0
  for (let at: u32 = 0; at < length; at += 16) {
    let bits = <u32>i8x16.bitmask(i8x16.eq(v128.load(path + at), slash))
    const left = length - at
    if (left < 16) bits &= (1 << left) - 1
    if (bits == 0) continue
    count += popcnt(bits)
    last = at + 31 - clz(bits)
  }
  slashes = count
  lastSlash = last
}

/**
 * Two 32-bit hashes with other constants, four bytes a step. ../path-hash.ts is the same in JavaScript.
 */
function hash(path: u32, length: u32, to: u32): void {
  let h1: u32 = 0x9e3779b9 ^ length
  let h2: u32 = 0x85ebca6b + length
  let at = path
  const end = path + length
  while (end - at >= 4) {
    const word = load<u32>(at)
    h1 = (rotl<u32>(h1, 5) ^ word) * 0xcc9e2d51
    h2 = (rotl<u32>(h2, 11) ^ word) * 0x9e3779b1
    at += 4
  }
  if (at < end) {
    const rest = load<u32>(at) & ((1 << ((end - at) << 3)) - 1)
    h1 = (rotl<u32>(h1, 5) ^ rest) * 0xcc9e2d51
    h2 = (rotl<u32>(h2, 11) ^ rest) * 0x9e3779b1
  }
  store<u32>(to, mixed(h1 ^ (h2 >>> 16)))
  store<u32>(to, mixed(h2), 4)
}

// @ts-ignore: decorator
@inline
function mixed(value: u32): u32 {
  value = (value ^ (value >>> 16)) * 0x85ebca6b
  value = (value ^ (value >>> 13)) * 0xc2b2ae35
  return value ^ (value >>> 16)
}
