/*
 * The node stream of a snapshot:
 *
 *   node => path:ustring data:buffer acl:long czxid:long mzxid:long ctime:long mtime:long version:int cversion:int
 *           aversion:int ephemeralOwner:long pzxid:long                     DataTree.serializeNode, DataNode.serialize
 *   end  => ustring "/"
 */
import { aclOfId, useAcl } from './acls'
import { give, take } from './heap'
import { hash, same } from './hash'
import { ACL, AVERSION, CTIME, CVERSION, CZXID, LONGEST_NAME, MTIME, MZXID, OWNER, PZXID, VERSION } from './layout'
import { find, findPath } from './lookup'
import { insert, owned, remove, valued } from './rows'

/** What ended the call; ../../load.ts has the same list. */
const NEED_MORE: u32 = 0
const END: u32 = 1
const BAD_LENGTH: u32 = 2
const NO_PARENT: u32 = 3
const BAD_PATH: u32 = 4

/** Behind the value: acl and stat. */
const REST: u32 = 68

export let loadStop: u32 = 0
/** The highest zxid in any stat: above the snapshot's own it shows how far a fuzzy one reached. */
export let highestZxid: i64 = 0
export let highestTime: i64 = 0

/** The parent of the last node; its children follow each other. */
let parent: u32 = 0
let parentPath: u32 = 0
let parentLength: u32 = 0
let parentBytes: u32 = 0

export function openLoad(): void {
  parent = 0
  parentLength = 0
  parentBytes = 4096
  parentPath = take(parentBytes)
  highestZxid = highestTime = 0
}

/**
 * Takes the nodes in [from, to); strings and buffers above `limit` are unreasonable. Returns the address of what was not
 * taken (for END: behind it), loadStop tells why it ended.
 */
export function loadNodes(from: u32, to: u32, limit: u32, base: u64, source: u32): u32 {
  let at = from
  while (true) {
    loadStop = NEED_MORE
    if (to - at < 4) return at
    const length = bswap<u32>(load<u32>(at))
    if (length > limit || length > LONGEST_NAME) return stop(BAD_LENGTH, at)
    if (<u64>at + 4 + length > <u64>to) return at
    const path = at + 4
    if (length == 1 && load<u8>(path) == 0x2f) return stop(END, path + 1)
    let data = path + length
    if (to - data < 4) return at
    const dataLength = <i32>bswap<u32>(load<u32>(data))
    data += 4
    if (dataLength != -1 && <u32>dataLength > limit) return stop(BAD_LENGTH, data - 4)
    const rest = data + max<i32>(dataLength, 0)
    if (<u64>data + max<i32>(dataLength, 0) + REST > <u64>to) return at

    const above = parentOf(path, length)
    if (above == 0 && length > 0) return stop(loadStop, at)
    const h = hash(path, length)
    const acl = aclOfId(bswap<i64>(load<i64>(rest)))
    useAcl(acl)
    // a repeated path takes the place of the first, whose access list stays counted
    const found = find(path, length, h)
    if (found != 0) {
      if (length == 0) return stop(BAD_PATH, at)
      if (parent == found) parent = 0
      useAcl(load<u32>(found + ACL))
      remove(found, path, length, h)
    }
    const row = insert(above, path, length, h, acl)
    const stat = rest + 8
    memory.copy(row + CZXID, stat, 16)
    memory.copy(row + CTIME, stat + 16, 36)
    store<i64>(row + PZXID, load<i64>(stat, 52))
    owned(row)
    valued(row, path, length, data, dataLength, base + data, source)
    highestZxid = higher(row + CZXID, highestZxid)
    highestZxid = higher(row + MZXID, highestZxid)
    highestZxid = higher(row + PZXID, highestZxid)
    highestTime = higher(row + CTIME, highestTime)
    highestTime = higher(row + MTIME, highestTime)
    at = rest + REST
  }
}

// @ts-ignore: decorator
@inline
function higher(at: u32, than: i64): i64 {
  const value = bswap<i64>(load<i64>(at))
  return value > than ? value : than
}

function stop(kind: u32, at: u32): u32 {
  loadStop = kind
  return at
}

/** The row above a path, or 0 with loadStop set; 0 for the root too. */
function parentOf(path: u32, length: u32): u32 {
  if (length == 0) return 0
  let end = path + length
  while (end > path && load<u8>(end - 1) != 0x2f) end--
  if (end == path) {
    loadStop = BAD_PATH
    return 0
  }
  const size = end - 1 - path
  if (parent != 0 && size == parentLength && same(path, parentPath, size)) return parent
  const found = findPath(path, size)
  if (found == 0) {
    loadStop = NO_PARENT
    return 0
  }
  if (size > parentBytes) {
    give(parentPath, parentBytes)
    parentBytes = size << 1
    parentPath = take(parentBytes)
  }
  memory.copy(parentPath, path, size)
  parentLength = size
  parent = found
  return found
}
