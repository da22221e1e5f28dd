/*
 * What a transaction does to znodes: DataTree.createNode, deleteNode, setData, setACL. The rules differ by release (see
 * ../../rules.ts, where each is explained).
 *
 * One thing is simpler than the server's: an ephemeral that is replaced as an orphan (or, up to 3.5.4, deleted without a
 * parent) leaves its session's list; the server forgets to take it out and may delete that path again with the session.
 */
import { convertAcl, leaveAcl, pointAtAcl, releaseAcl, useAcl } from './acls'
import { hash } from './hash'
import { acl, aclLength, data, dataLength, nameStart, path, pathLength } from './operand'
import { ACL, AVERSION, CTIME, CVERSION, CZXID, MTIME, MZXID, OWNER, PARENT, PZXID, STAT, VERSION } from './layout'
import { find, findPath } from './lookup'
import { changed, insert, listMissing, owned, remove, unvalued, valued } from './rows'

export const OK: u32 = 0
export const NO_NODE: u32 = 1
export const NODE_EXISTS: u32 = 2
/** Not decodable, or a path that is none. */
export const BAD: u32 = 3

/** Bits of the rules; ../../rules.ts has the same list. */
const CVERSION_UP: u32 = 1
const PARENT_FIRST: u32 = 2
const EXISTS_BY_PATH: u32 = 4
const ACL_FIRST: u32 = 8
const ACL_REPAIR: u32 = 16
export const CREATE2_IN_MULTI: u32 = 32
export const CLOSE_LIST: u32 = 64
export const CONTAINERS: u32 = 128
const ADJUST_ALL: u32 = 256
export const CLOSE_BY_FLAG: u32 = 512

export let rules: u32 = 0

/** zxid of the first transaction on which a server that looks lists up fails; 0 for none. */
export let listMissingAt: i64 = 0

/** File offset of address 0, and the file's number. */
let base: u64 = 0
let source: u32 = 0

let zxid: i64 = 0
/** As stored. */
let rawZxid: i64 = 0
let rawTime: i64 = 0

export function setRules(value: u32): void {
  rules = value
}

export function openNodes(): void {
  listMissingAt = 0
}

export function setSource(number: u32, offset: u64): void {
  source = number
  base = offset
}

/** zxid and time of the transaction, as stored. */
export function setTxn(ofZxid: i64, ofTime: i64): void {
  rawZxid = ofZxid
  zxid = bswap<i64>(ofZxid)
  rawTime = ofTime
}

function setLong(row: u32, field: u32, value: i64): void {
  store<i64>(row + field, bswap<i64>(value))
}

// @ts-ignore: decorator
@inline
function long(row: u32, field: u32): i64 {
  return bswap<i64>(load<i64>(row + field))
}

// @ts-ignore: decorator
@inline
function checkList(row: u32): void {
  if (listMissing(row) && listMissingAt == 0) listMissingAt = zxid
}

/** DataTree.createNode; for type create (`first`) also setCversionPzxid after NodeExists. */
export function create(owner: i64, parentCversion: i32, first: bool): u32 {
  const name = nameStart()
  if (name == 0) return BAD
  const parent = findPath(path, name - 1 - path)
  if (parent == 0) return NO_NODE
  checkList(parent)
  let list: u32 = 0
  if (rules & ACL_FIRST) list = convertAcl(acl, aclLength)
  const h = hash(path, pathLength)
  const found = find(path, pathLength, h)
  const child = found != 0 && load<u32>(found + PARENT) == parent
  if (rules & EXISTS_BY_PATH ? found != 0 : child) {
    if (rules & ACL_REPAIR) {
      leaveAcl(load<u32>(found + ACL))
      store<u32>(found + ACL, list)
      pointAtAcl(list)
    }
    if (first || rules & ADJUST_ALL) raise(parent, parentCversion)
    return NODE_EXISTS
  }
  if (rules & CVERSION_UP) raise(parent, parentCversion)
  else {
    setCversion(parent, parentCversion)
    changed(parent)
  }
  if (!(rules & ACL_FIRST)) list = convertAcl(acl, aclLength)
  // an orphan is replaced; its access list stays counted
  if (found != 0) {
    useAcl(load<u32>(found + ACL))
    remove(found, path, pathLength, h)
  }
  const row = insert(parent, path, pathLength, h, list)
  memory.fill(row + STAT, 0, 60)
  store<i64>(row + CZXID, rawZxid)
  store<i64>(row + MZXID, rawZxid)
  store<i64>(row + PZXID, rawZxid)
  store<i64>(row + CTIME, rawTime)
  store<i64>(row + MTIME, rawTime)
  setLong(row, OWNER, owner)
  owned(row)
  valued(row, path, pathLength, data, dataLength, base + data, source)
  return OK
}

/** cversion and pzxid of a parent, only upwards; -1: one more than it has. */
function raise(parent: u32, parentCversion: i32): void {
  const cversion = <i32>bswap<u32>(load<u32>(parent + CVERSION))
  if (parentCversion == -1) parentCversion = cversion + 1
  if (parentCversion <= cversion) return
  setCversion(parent, parentCversion)
  changed(parent)
}

function setCversion(parent: u32, cversion: i32): void {
  if (cversion == -1) cversion = <i32>bswap<u32>(load<u32>(parent + CVERSION)) + 1
  store<u32>(parent + CVERSION, bswap<u32>(cversion))
  store<i64>(parent + PZXID, rawZxid)
}

/** DataTree.deleteNode of the path that was read. */
export function deleteNode(): u32 {
  const name = nameStart()
  if (name == 0) return BAD
  const parent = findPath(path, name - 1 - path)
  const h = hash(path, pathLength)
  if (rules & PARENT_FIRST) {
    if (parent == 0) return NO_NODE
    if (zxid > long(parent, PZXID)) {
      store<i64>(parent + PZXID, rawZxid)
      changed(parent)
    }
    const row = find(path, pathLength, h)
    if (row == 0) return NO_NODE
    checkList(row)
    checkList(parent)
    remove(row, path, pathLength, h)
    return OK
  }
  const row = find(path, pathLength, h)
  if (row == 0) return NO_NODE
  remove(row, path, pathLength, h)
  if (parent == 0) return NO_NODE
  store<i64>(parent + PZXID, rawZxid)
  changed(parent)
  return OK
}

/** DataTree.setData, also for reconfig. */
export function setData(version: i32): u32 {
  const row = findPath(path, pathLength)
  if (row == 0) return NO_NODE
  checkList(row)
  unvalued(row)
  store<i64>(row + MTIME, rawTime)
  store<i64>(row + MZXID, rawZxid)
  store<u32>(row + VERSION, bswap<u32>(version))
  valued(row, path, pathLength, data, dataLength, base + data, source)
  return OK
}

/** DataTree.setACL: the old list is given up before the new one is looked for, so an id may change. */
export function setAcl(version: i32): u32 {
  const row = findPath(path, pathLength)
  if (row == 0) return NO_NODE
  const old = load<u32>(row + ACL)
  releaseAcl(old)
  store<u32>(row + AVERSION, bswap<u32>(version))
  const list = convertAcl(acl, aclLength)
  leaveAcl(old)
  pointAtAcl(list)
  store<u32>(row + ACL, list)
  changed(row)
  return OK
}
