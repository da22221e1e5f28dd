/* Rows: made, changed and removed, with everything that is counted from them: kinds, sizes, the tree digest. */
import { aclMissing, leaveAcl, pointAtAcl, releaseAcl } from './acls'
import { carried, crc } from './crc'
import { give, take } from './heap'
import { notAscii } from './hash'
import {
  ACL,
  DIGEST,
  EXCLUDED,
  GHOST,
  HASH2,
  LENGTH,
  NAME,
  NAME_BYTES,
  nameLength,
  NEXT,
  NOT_ASCII,
  OFFSET,
  OWNER,
  PARENT,
  PLACE,
  PREVIOUS,
  PZXID,
  REFS,
  STAT,
  STAT_BYTES,
  STATE,
} from './layout'
import { addSlot, openSlots, removeSlot, slotCount, slotTable } from './lookup'
import { excluded, openPaths, pathAt, pathState, units, writePath } from './paths'
import { firstOf, setFirstOf } from './sessions'

const CONTAINER: i64 = i64.MIN_VALUE


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

export function setTypes(extended: bool, container: bool): void {
  extendedTypes = extended
  containers = container
}

export function openRows(): void {
  openSlots()
  openPaths()
  nodes = ephemeralNodes = containerNodes = ttlNodes = notAsciiNodes = 0
  valueBytes = pathUnits = treeDigest = 0
  charset = 0
}

/**
 * A new row below `parent` (0: it is the root), linked into everything; its stat and value are set by the caller, who
 * then calls `valued`.
 */
export function insert(parent: u32, path: u32, length: u32, h: u64, acl: u32): u32 {
  let size: u32 = 0
  // the root has no name
  if (parent != 0) while (size < length && load<u8>(path + length - size - 1) != 0x2f) size++
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
  if (parent != 0) store<u32>(parent + REFS, load<u32>(parent + REFS) + 1)
  addSlot(<u32>h, row, nodes)
  nodes++
  pathUnits += flags & NOT_ASCII ? units(path, length) : length
  return row
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
  pathUnits -= flags & NOT_ASCII ? units(path, length) : length
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

/**
 * What the tree digest is when paths are made bytes by another charset. With `keep` the rows follow; values are not
 * needed: from the register behind the old path to the one behind the new only the difference is carried over them.
 */
export function digestIn(set: u32, keep: bool): u64 {
  let sum = treeDigest
  for (let i: u32 = 0; i < slotCount(); i++) {
    const row = load<u32>(slotTable() + (i << 3), 4)
    if (row == 0) continue
    const flags = load<u32>(row + NAME)
    if (!(flags & NOT_ASCII) || flags & EXCLUDED) continue
    const length = writePath(row)
    const before = pathState(pathAt(), length, flags, charset)
    const after = pathState(pathAt(), length, flags, set)
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
