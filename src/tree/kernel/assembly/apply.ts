/*
 * What a restoring server does with each transaction: FileTxnSnapLog.processTransaction, DataTree.processTxn and the
 * methods it calls. A fuzzy snapshot holds effects of later transactions, so failures are expected and ignored; they
 * are counted by kind. The rules differ by release (see ../../rules.ts, where each is explained).
 */
import { convertAcl, leaveAcl, pointAtAcl, releaseAcl } from './acls'
import { hash } from './hash'
import {
  ACL,
  AVERSION,
  changed,
  CTIME,
  CVERSION,
  CZXID,
  find,
  findPath,
  insert,
  listMissing,
  LONGEST_NAME,
  MTIME,
  MZXID,
  nextOf,
  OWNER,
  owned,
  PARENT,
  pathAt,
  PZXID,
  remove,
  STAT,
  unlist,
  unvalued,
  valued,
  VERSION,
  writePath,
} from './rows'
import { firstOf, putSession, removeSession } from './sessions'

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
const CREATE2_IN_MULTI: u32 = 32
const CLOSE_LIST: u32 = 64
const CONTAINERS: u32 = 128

let rules: u32 = 0

/** Ignored: by kind, over the whole replay. */
export let ignoredNoNode: u32 = 0
export let ignoredNodeExists: u32 = 0
export let ignoredBad: u32 = 0
/** Sub-operations of successful multis that were left out because one before them cannot be read. */
export let ignoredRest: u32 = 0
/** zxid of the first transaction on which a server that looks lists up fails; 0 for none. */
export let listMissingAt: i64 = 0

export function setRules(value: u32): void {
  rules = value
}

export function openApply(): void {
  ignoredNoNode = ignoredNodeExists = ignoredBad = ignoredRest = 0
  listMissingAt = 0
}

let at: u32 = 0
let end: u32 = 0
/** File offset of address 0, and the file's number. */
let base: u64 = 0
let source: u32 = 0

let session: i64 = 0
let zxid: i64 = 0
/** As stored. */
let rawZxid: i64 = 0
let rawTime: i64 = 0

let path: u32 = 0
let pathLength: u32 = 0
let data: u32 = 0
let dataLength: i32 = 0
let acl: u32 = 0
let aclLength: u32 = 0

export function setSource(number: u32, offset: u64): void {
  source = number
  base = offset
}

// @ts-ignore: decorator
@inline
function int(): i32 {
  const value = <i32>bswap<u32>(load<u32>(at))
  at += 4
  return value
}

/** The length of a string or buffer at `at`, -1 for null, -2 when it does not fit. */
function sized(): i32 {
  if (end - at < 4) return -2
  const length = int()
  if (length == -1) return -1
  return <u32>length > end - at ? -2 : length
}

function readPath(): bool {
  const length = sized()
  if (length < 0 || <u32>length > LONGEST_NAME) return false
  path = at
  pathLength = length
  at += length
  // "/" is another name of the root
  if (length == 1 && load<u8>(path) == 0x2f) pathLength = 0
  return true
}

function readData(): bool {
  dataLength = sized()
  if (dataLength == -2) return false
  data = at
  if (dataLength > 0) at += dataLength
  return true
}

function readAcl(): bool {
  if (end - at < 4) return false
  acl = at
  let count = int()
  if (count == -1) {
    acl = 0
    return true
  }
  while (count-- > 0) {
    if (end - at < 4) return false
    at += 4
    if (!readText() || !readText()) return false
  }
  aclLength = at - acl
  return true
}

/** Where the name begins in the path: behind its last slash; 0 when there is none. */
function nameStart(): u32 {
  let i = path + pathLength
  while (i > path) if (load<u8>(--i) == 0x2f) return i + 1
  return 0
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

/** DataTree.createNode; for type create also setCversionPzxid after NodeExists. */
function create(owner: i64, parentCversion: i32, adjust: bool): u32 {
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
    if (adjust) raise(parent, parentCversion)
    return NODE_EXISTS
  }
  if (rules & CVERSION_UP) raise(parent, parentCversion)
  else {
    setCversion(parent, parentCversion)
    changed(parent)
  }
  if (!(rules & ACL_FIRST)) list = convertAcl(acl, aclLength)
  // an orphan is replaced
  if (found != 0) remove(found, path, pathLength, h)
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
function deleteNode(): u32 {
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
function setData(version: i32): u32 {
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
function setAcl(version: i32): u32 {
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

/**
 * DataTree.killSession: the transaction's paths first, then what the tree knows of besides. A digest alone (12 bytes,
 * version 2) is no list, one that ends too early counts as none (SerializeUtils.deserializeTxn).
 */
function closeSession(): void {
  const bare = end - at < 4 || (end - at == 12 && bswap<u32>(load<u32>(at)) == 2)
  if (!bare) {
    const start = at
    let count = int()
    while (count > 0 && readText()) count--
    if (count > 0) at = end
    else {
      const behind = at
      at = start
      if (rules & CLOSE_LIST) {
        for (count = int(); count > 0; count--) counted(readPath() ? deleteNode() : BAD)
      }
      at = behind
    }
  }
  killRest(session)
}

/** Skips a string; a null one is possible. */
function readText(): bool {
  const length = sized()
  if (length > 0) at += length
  return length != -2
}

/** Deletes a row as a transaction of that zxid would. */
export function deleteRow(row: u32, as: i64): void {
  zxid = as
  rawZxid = bswap<i64>(as)
  pathLength = writePath(row)
  path = pathAt()
  deleteNode()
}

function killRest(id: i64): void {
  for (let row = firstOf(id); row != 0; row = firstOf(id)) {
    pathLength = writePath(row)
    path = pathAt()
    counted(deleteNode())
    // one whose parent is gone stays in the tree, but belongs to no session any more
    if (firstOf(id) == row) unlist(row)
  }
}

function counted(outcome: u32): void {
  if (outcome == NO_NODE) ignoredNoNode++
  else if (outcome == NODE_EXISTS) ignoredNodeExists++
  else if (outcome == BAD) ignoredBad++
}

// @ts-ignore: decorator
@inline
function hasInt(): bool {
  return end - at >= 4
}

/** One operation whose body lies in [at, end). */
function operation(type: i32): u32 {
  switch (type) {
    case 1:
    case 15: {
      if (!readPath() || !readData() || !readAcl() || end == at) return BAD
      const ephemeral = load<u8>(at++) != 0
      if (type == 15 && !hasInt()) return BAD
      return create(ephemeral ? session : 0, hasInt() ? int() : -1, type == 1)
    }
    case 19: {
      if (!readPath() || !readData() || !readAcl() || !hasInt()) return BAD
      return create(i64.MIN_VALUE, int(), false)
    }
    case 21: {
      if (!readPath() || !readData() || !readAcl() || end - at < 12) return BAD
      const cversion = int()
      const ttl = bswap<i64>(load<i64>(at))
      at += 8
      return create(ttl | <i64>0xff00000000000000, cversion, false)
    }
    case 2:
    case 20:
      return readPath() ? deleteNode() : BAD
    case 5:
    case 16:
      return readPath() && readData() && hasInt() ? setData(int()) : BAD
    case 7:
      return readPath() && readAcl() && hasInt() ? setAcl(int()) : BAD
    default:
      return OK
  }
}

/** Whether a release takes this type in a multi; with any other it drops that operation and the rest. */
function inMulti(type: i32): bool {
  switch (type) {
    case 1:
    case 2:
    case 5:
    case 13:
      return true
    case 15:
      return (rules & CREATE2_IN_MULTI) != 0
    case 19:
    case 20:
    case 21:
      return (rules & CONTAINERS) != 0
    default:
      return false
  }
}

function multi(): void {
  const start = at
  const stop = end
  let count = int()
  let failed = false
  for (let i = count; i > 0; i--) {
    if (int() == -1) failed = true
    const length = int()
    if (length > 0) at += length
  }
  const behind = at
  at = start + 4
  // one has failed: nothing of it is done
  for (; count > 0 && !failed; count--) {
    const type = int()
    const length = int()
    const next = at + max<i32>(length, 0)
    end = next
    if (length < 0 || !inMulti(type)) {
      ignoredRest += count
      break
    }
    const done = operation(type)
    counted(done)
    end = stop
    if (done == BAD) {
      ignoredRest += count - 1
      break
    }
    at = next
  }
  at = behind
  end = stop
}

/**
 * Applies the payload in [from, to), which `frame` took. Returns where its body ends: the digest may follow.
 */
export function applyTxn(from: u32, to: u32): u32 {
  session = bswap<i64>(load<i64>(from))
  rawZxid = load<i64>(from, 12)
  zxid = bswap<i64>(rawZxid)
  rawTime = load<i64>(from, 20)
  const type = <i32>bswap<u32>(load<u32>(from, 28))
  at = from + 32
  end = to
  switch (type) {
    case 14:
      multi()
      break
    case -10:
      putSession(session, int())
      break
    case -11: {
      removeSession(session)
      closeSession()
      break
    }
    case -1:
      at += 4
      break
    default:
      counted(operation(type))
  }
  return at
}
