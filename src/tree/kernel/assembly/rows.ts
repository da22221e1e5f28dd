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
import { aclMissing, leaveAcl, pointAtAcl, releaseAcl } from './acls'
import { carried, crc, CRC_START } from './crc'
import { give, take } from './heap'
import { hash, notAscii, same } from './hash'
import { firstOf, setFirstOf } from './sessions'

export const PARENT: u32 = 0
const HASH2: u32 = 4
export const NAME: u32 = 8
export const ACL: u32 = 12
export const LENGTH: u32 = 16
export const OFFSET: u32 = 20
export const PLACE: u32 = 24
const STATE: u32 = 28
export const DIGEST: u32 = 32
const REFS: u32 = 36
const NEXT: u32 = 40
const PREVIOUS: u32 = 44
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
const STAT_BYTES: u32 = 60

export const LONGEST_NAME: u32 = 0x1fffffff
const NAME_MASK: u32 = LONGEST_NAME
const NOT_ASCII: u32 = 1 << 29
const EXCLUDED: u32 = 1 << 30
const GHOST: u32 = 1 << 31

const CONTAINER: i64 = i64.MIN_VALUE

let slots: u32 = 0
let mask: u32 = 0
let root: u32 = 0

export let nodes: u32 = 0
export let ephemeralNodes: u32 = 0
export let containerNodes: u32 = 0
export let ttlNodes: u32 = 0
export let notAsciiNodes: u32 = 0
/** Bytes of all values; UTF-16 units of all paths. */
export let valueBytes: u64 = 0
export let pathUnits: u64 = 0
/** Sum of the rows' digests. */
export let treeDigest: u64 = 0
/** How paths become bytes for the digest: the JVM's charset. 0 UTF-8, 1 US-ASCII, 2 ISO-8859-1. */
export let charset: u32 = 0
export let extendedTypes: bool = true
export let containers: bool = true

const oneByte = memory.data(1)

/** Room to put a path together. */
let scratch: u32 = 0
let scratchBytes: u32 = 0

export function setTypes(extended: bool, container: bool): void {
  extendedTypes = extended
  containers = container
}

export function openRows(): void {
  mask = 1023
  slots = take((mask + 1) << 3)
  memory.fill(slots, 0, (mask + 1) << 3)
  root = 0
  nodes = ephemeralNodes = containerNodes = ttlNodes = notAsciiNodes = 0
  valueBytes = pathUnits = treeDigest = 0
  charset = 0
  scratchBytes = 4096
  scratch = take(scratchBytes)
}

export function slotTable(): u32 {
  return slots
}

export function slotCount(): u32 {
  return mask + 1
}

export function rootRow(): u32 {
  return root
}

/** Brings the slot of a hash into the cache. */
// @ts-ignore: decorator
@inline
export function slotRow(h: u64): u32 {
  return load<u32>(slots + ((<u32>h & mask) << 3), 4)
}

// @ts-ignore: decorator
@inline
function nameLength(row: u32): u32 {
  return load<u32>(row + NAME) & NAME_MASK
}

function isAt(row: u32, path: u32, length: u32): bool {
  let end = path + length
  while (true) {
    const parent = load<u32>(row + PARENT)
    if (parent == 0) return end == path
    const size = nameLength(row)
    if (end - path < size + 1) return false
    if (!same(row + NAME_BYTES, end - size, size)) return false
    end -= size + 1
    if (load<u8>(end) != 0x2f) return false
    row = parent
  }
}

/** The row of a path with this hash, or 0. The root's path is empty. */
export function find(path: u32, length: u32, h: u64): u32 {
  let i = <u32>h & mask
  while (true) {
    const slot = slots + (i << 3)
    const row = load<u32>(slot, 4)
    if (row == 0) return 0
    if (load<u32>(slot) == <u32>h && load<u32>(row + HASH2) == <u32>(h >>> 32) && isAt(row, path, length)) return row
    i = (i + 1) & mask
  }
}

// @ts-ignore: decorator
@inline
export function findPath(path: u32, length: u32): u32 {
  return find(path, length, hash(path, length))
}

function insertSlot(h: u32, row: u32): void {
  let i = h & mask
  while (load<u32>(slots + (i << 3), 4) != 0) i = (i + 1) & mask
  store<u32>(slots + (i << 3), h)
  store<u32>(slots + (i << 3), row, 4)
}

function growSlots(): void {
  const old = slots
  const count = mask + 1
  mask = (mask << 1) | 1
  slots = take((mask + 1) << 3)
  memory.fill(slots, 0, (mask + 1) << 3)
  for (let at = old; at < old + (count << 3); at += 8) {
    const row = load<u32>(at, 4)
    if (row != 0) insertSlot(load<u32>(at), row)
  }
  give(old, count << 3)
}

function removeSlot(h: u32, row: u32): void {
  let hole = h & mask
  while (load<u32>(slots + (hole << 3), 4) != row) hole = (hole + 1) & mask
  for (let i = (hole + 1) & mask; load<u32>(slots + (i << 3), 4) != 0; i = (i + 1) & mask) {
    // it may move to the hole unless its home lies behind the hole
    if (((i - load<u32>(slots + (i << 3))) & mask) >= ((i - hole) & mask)) {
      store<u64>(slots + (hole << 3), load<u64>(slots + (i << 3)))
      hole = i
    }
  }
  store<u64>(slots + (hole << 3), 0)
}

/** "/zookeeper/" and what is below it are not in the digest. */
function excluded(path: u32, length: u32): bool {
  // "/zookeep", "eeper/"
  return length >= 11 && load<u64>(path) == 0x7065656b6f6f7a2f && load<u32>(path, 7) == 0x2f726570
}

/**
 * A new row below `parent` (0: it is the root), linked into everything; its stat and value are set by the caller, who
 * then calls `valued`.
 */
export function insert(parent: u32, path: u32, length: u32, h: u64, acl: u32): u32 {
  let size = length
  if (parent != 0) {
    size = 0
    while (size < length && load<u8>(path + length - size - 1) != 0x2f) size++
  }
  // the root has no name
  if (parent == 0) size = 0
  const row = take(NAME_BYTES + size)
  memory.copy(row + NAME_BYTES, path + length - size, size)
  let flags = size
  if (notAscii(path, length)) {
    flags |= NOT_ASCII
    notAsciiNodes++
  }
  if (excluded(path, length)) flags |= EXCLUDED
  store<u32>(row + PARENT, parent)
  store<u32>(row + HASH2, <u32>(h >>> 32))
  store<u32>(row + NAME, flags)
  store<u32>(row + ACL, acl)
  store<u32>(row + REFS, 0)
  store<u32>(row + NEXT, 0)
  store<u32>(row + PREVIOUS, 0)
  store<u32>(row + DIGEST, 0)
  pointAtAcl(acl)
  if (parent == 0) root = row
  else store<u32>(parent + REFS, load<u32>(parent + REFS) + 1)
  if (nodes >= mask - (mask >>> 2)) growSlots()
  insertSlot(<u32>h, row)
  nodes++
  pathUnits += units(path, length, flags)
  return row
}

function units(path: u32, length: u32, flags: u32): u64 {
  if (!(flags & NOT_ASCII)) return length
  let count: u64 = 0
  for (let at = path; at < path + length; at++) {
    const byte = load<u8>(at)
    // a sequence of four bytes is a pair of surrogates
    count += byte >= 0xf0 ? 2 : (byte & 0xc0) == 0x80 ? 0 : 1
  }
  return count
}

/** The value of a row lies there now; `path` is its path. Its digest is set anew. */
export function valued(row: u32, path: u32, length: u32, data: u32, dataLength: i32, offset: u64, source: u32): void {
  store<i32>(row + LENGTH, dataLength)
  store<u32>(row + OFFSET, <u32>offset)
  store<u32>(row + PLACE, (<u32>(offset >>> 32) & 0xff) | (source << 8))
  if (dataLength > 0) valueBytes += dataLength
  if (load<u32>(row + NAME) & EXCLUDED) return
  let state = pathState(path, length, load<u32>(row + NAME), charset)
  if (dataLength > 0) state = crc(state, data, dataLength)
  store<u32>(row + STATE, state)
  changed(row)
}

/** The old value no longer counts. */
// @ts-ignore: decorator
@inline
export function unvalued(row: u32): void {
  const length = load<i32>(row + LENGTH)
  if (length > 0) valueBytes -= length
}

/** The stat of a row was changed: its digest and the tree's follow. */
export function changed(row: u32): void {
  if (load<u32>(row + NAME) & EXCLUDED) return
  const digest = ~crc(load<u32>(row + STATE), row + STAT, STAT_BYTES)
  treeDigest += <u64>digest - <u64>load<u32>(row + DIGEST)
  store<u32>(row + DIGEST, digest)
}

/** The stat was set for the first time: kinds are counted, ephemerals join their session's list. */
export function owned(row: u32): void {
  const owner = ownerOf(row)
  if (owner == 0) return
  const kind = kindOf(owner)
  if (kind == CONTAINER_KIND) containerNodes++
  else if (kind == TTL_KIND) ttlNodes++
  else {
    ephemeralNodes++
    const first = firstOf(owner)
    if (first != 0) store<u32>(first + PREVIOUS, row)
    store<u32>(row + NEXT, first)
    setFirstOf(owner, row)
  }
}

const CONTAINER_KIND: u32 = 1
const TTL_KIND: u32 = 2
const EPHEMERAL_KIND: u32 = 3

// @ts-ignore: decorator
@inline
export function ownerOf(row: u32): i64 {
  return bswap<i64>(load<i64>(row + OWNER))
}

/** EphemeralType.get for an owner other than 0. */
function kindOf(owner: i64): u32 {
  if (owner == CONTAINER && containers) return CONTAINER_KIND
  // feature 0; the server refuses the others
  if (extendedTypes && <u64>owner >>> 40 == 0xff0000) return TTL_KIND
  return EPHEMERAL_KIND
}

export function nextOf(row: u32): u32 {
  return load<u32>(row + NEXT)
}

/** Leaves its session's list. */
export function unlist(row: u32): void {
  const owner = ownerOf(row)
  const next = load<u32>(row + NEXT)
  const previous = load<u32>(row + PREVIOUS)
  if (previous != 0) store<u32>(previous + NEXT, next)
  else if (firstOf(owner) == row) setFirstOf(owner, next)
  if (next != 0) store<u32>(next + PREVIOUS, previous)
  store<u32>(row + NEXT, 0)
  store<u32>(row + PREVIOUS, 0)
}

/** Takes a row out of everything; `path` with its hash is its path. */
export function remove(row: u32, path: u32, length: u32, h: u64): void {
  removeSlot(<u32>h, row)
  nodes--
  const flags = load<u32>(row + NAME)
  pathUnits -= units(path, length, flags)
  if (flags & NOT_ASCII) notAsciiNodes--
  unvalued(row)
  treeDigest -= load<u32>(row + DIGEST)
  const acl = load<u32>(row + ACL)
  releaseAcl(acl)
  leaveAcl(acl)
  const owner = ownerOf(row)
  if (owner != 0) {
    const kind = kindOf(owner)
    if (kind == CONTAINER_KIND) containerNodes--
    else if (kind == TTL_KIND) ttlNodes--
    else {
      ephemeralNodes--
      unlist(row)
    }
  }
  store<u32>(row + NAME, flags | GHOST)
  release(row)
}

/** Frees ghosts that nothing points at any more, up the chain. */
function release(row: u32): void {
  while (row != 0 && load<u32>(row + REFS) == 0 && load<u32>(row + NAME) & GHOST) {
    const parent = load<u32>(row + PARENT)
    give(row, NAME_BYTES + nameLength(row))
    if (parent != 0) store<u32>(parent + REFS, load<u32>(parent + REFS) - 1)
    row = parent
  }
}

/** Whether the server would fail with "Failed to fetch acls for" when it looks this znode's list up. */
export function listMissing(row: u32): bool {
  return aclMissing(load<u32>(row + ACL))
}

/** Puts a row's path together; its length is returned, pathAt() tells where it is. The root's is empty. */
export function writePath(row: u32): u32 {
  let length: u32 = 0
  for (let one = row; load<u32>(one + PARENT) != 0; one = load<u32>(one + PARENT)) length += nameLength(one) + 1
  if (length + 8 > scratchBytes) {
    give(scratch, scratchBytes)
    scratchBytes = length << 1
    scratch = take(scratchBytes)
  }
  let end = scratch + length
  for (let one = row; load<u32>(one + PARENT) != 0; one = load<u32>(one + PARENT)) {
    const size = nameLength(one)
    end -= size
    memory.copy(end, one + NAME_BYTES, size)
    store<u8>(--end, 0x2f)
  }
  return length
}

export function pathAt(): u32 {
  return scratch
}

/** The register behind a path as a JVM with that charset makes bytes of it: what it cannot say is a question mark. */
function pathState(path: u32, length: u32, flags: u32, set: u32): u32 {
  if (set == 0 || !(flags & NOT_ASCII)) return crc(CRC_START, path, length)
  let state = CRC_START
  const byteAt = <u32>oneByte
  for (let at = path; at < path + length; ) {
    const lead = load<u8>(at)
    let code: u32 = lead
    let size: u32 = 1
    if (lead >= 0xf0) size = 4
    else if (lead >= 0xe0) size = 3
    else if (lead >= 0xc0) {
      size = 2
      code = ((lead & 0x1f) << 6) | (load<u8>(at, 1) & 0x3f)
    } else if (lead >= 0x80) code = 0x100
    if (size > 2) code = 0x100
    store<u8>(byteAt, code < 0x80 || (set == 2 && code < 0x100) ? code : 0x3f)
    state = crc(state, byteAt, 1)
    at += size
  }
  return state
}

/**
 * What the tree digest is when paths are made bytes by another charset. With `keep` the rows follow; values are not
 * needed: from the register behind the old path to the one behind the new only the difference is carried over them.
 */
export function digestIn(set: u32, keep: bool): u64 {
  let sum = treeDigest
  for (let i: u32 = 0; i <= mask; i++) {
    const row = load<u32>(slots + (i << 3), 4)
    if (row == 0) continue
    const flags = load<u32>(row + NAME)
    if (!(flags & NOT_ASCII) || flags & EXCLUDED) continue
    const length = writePath(row)
    const before = pathState(scratch, length, flags, charset)
    const after = pathState(scratch, length, flags, set)
    const value = load<i32>(row + LENGTH)
    const state = load<u32>(row + STATE) ^ carried(before ^ after, value > 0 ? <u32>value : 0)
    const digest = ~crc(state, row + STAT, STAT_BYTES)
    sum += <u64>digest - <u64>load<u32>(row + DIGEST)
    if (keep) {
      store<u32>(row + STATE, state)
      store<u32>(row + DIGEST, digest)
    }
  }
  if (keep) {
    treeDigest = sum
    charset = set
  }
  return sum
}

/** What a row's digest becomes with this pzxid. */
export function digestWithPzxid(row: u32, pzxid: i64): u32 {
  if (load<u32>(row + NAME) & EXCLUDED) return 0
  const kept = load<i64>(row + PZXID)
  store<i64>(row + PZXID, bswap<i64>(pzxid))
  const digest = ~crc(load<u32>(row + STATE), row + STAT, STAT_BYTES)
  store<i64>(row + PZXID, kept)
  return digest
}
