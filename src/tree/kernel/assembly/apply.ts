/*
 * What a restoring server does with each transaction: FileTxnSnapLog.processTransaction, DataTree.processTxn. A fuzzy
 * snapshot holds effects of later transactions, so failures are expected and ignored; they are counted by kind.
 */
import { here, int, left, openFields, skip } from '../../../formats/kernel/assembly/fields'
import {
  BAD,
  CLOSE_BY_FLAG,
  CLOSE_LIST,
  CONTAINERS,
  create,
  CREATE2_IN_MULTI,
  deleteNode,
  NO_NODE,
  NODE_EXISTS,
  OK,
  rules,
  setAcl,
  setData,
  setTxn,
} from './nodes'
import { hasInt, readAcl, readData, readPath, readText, setPath } from './operand'
import { pathAt, writePath } from './paths'
import { unlist } from './rows'
import { firstOf, putSession, removeSession } from './sessions'

/** Ignored: by kind, over the whole replay. */
export let ignoredNoNode: u32 = 0
export let ignoredNodeExists: u32 = 0
export let ignoredBad: u32 = 0
/** Operations of successful multis that were left out because one before them cannot be read. */
export let ignoredRest: u32 = 0

let session: i64 = 0

export function openApply(): void {
  ignoredNoNode = ignoredNodeExists = ignoredBad = ignoredRest = 0
}

/**
 * DataTree.killSession: the transaction's paths first, then what the tree knows of besides. A digest alone (12 bytes,
 * version 2) is no list, one that ends too early counts as none (SerializeUtils.deserializeTxn).
 */
function closeSession(end: u32): void {
  const start = here()
  const bare = !hasInt() || (left() == 12 && bswap<u32>(load<u32>(start)) == 2)
  if (!bare) {
    let count = int()
    while (count > 0 && readText()) count--
    if (count > 0) openFields(end, end)
    else {
      const behind = here()
      openFields(start, end)
      if (rules & CLOSE_LIST) {
        for (count = int(); count > 0; count--) counted(readPath() ? deleteNode() : BAD)
      }
      openFields(behind, end)
    }
  } else if (rules & CLOSE_LIST && rules & CLOSE_BY_FLAG) openFields(end, end)
  if (!(rules & CLOSE_LIST) && rules & CLOSE_BY_FLAG) openFields(start, end)
  killRest(session)
}

/** Deletes a row as a transaction of that zxid would. */
export function deleteRow(row: u32, zxid: i64): void {
  setTxn(bswap<i64>(zxid), 0)
  const length = writePath(row)
  setPath(pathAt(), length)
  deleteNode()
}

function killRest(id: i64): void {
  for (let row = firstOf(id); row != 0; row = firstOf(id)) {
    const length = writePath(row)
    setPath(pathAt(), length)
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

/** One operation whose body was opened. */
function operation(type: i32): u32 {
  switch (type) {
    case 1:
    case 15: {
      if (!readPath() || !readData() || !readAcl() || left() == 0) return BAD
      const ephemeral = load<u8>(here()) != 0
      skip(1)
      if (type == 15 && !hasInt()) return BAD
      return create(ephemeral ? session : 0, hasInt() ? int() : -1, type == 1)
    }
    case 19: {
      if (!readPath() || !readData() || !readAcl() || !hasInt()) return BAD
      return create(i64.MIN_VALUE, int(), false)
    }
    case 21: {
      if (!readPath() || !readData() || !readAcl() || left() < 12) return BAD
      const cversion = int()
      const ttl = bswap<i64>(load<i64>(here()))
      skip(8)
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

function multi(end: u32): void {
  const start = here()
  const count = int()
  let failed = false
  for (let i = count; i > 0; i--) {
    if (int() == -1) failed = true
    const length = int()
    if (length > 0) skip(length)
  }
  const behind = here()
  let at = start + 4
  // one has failed: nothing of it is done
  for (let i = count; i > 0 && !failed; i--) {
    openFields(at, end)
    const type = int()
    const length = int()
    const body = here()
    at = body + max<i32>(length, 0)
    if (length < 0 || !inMulti(type)) {
      ignoredRest += i
      break
    }
    openFields(body, at)
    const done = operation(type)
    counted(done)
    if (done == BAD) {
      ignoredRest += i - 1
      break
    }
  }
  openFields(behind, end)
}

/** Applies the payload in [from, to), which `frame` took. Returns where its body ends: the digest may follow. */
export function applyTxn(from: u32, to: u32): u32 {
  session = bswap<i64>(load<i64>(from))
  setTxn(load<i64>(from, 12), load<i64>(from, 20))
  openFields(from + 32, to)
  const type = <i32>bswap<u32>(load<u32>(from, 28))
  switch (type) {
    case 14:
      multi(to)
      break
    case -10:
      putSession(session, int())
      break
    case -11:
      removeSession(session)
      closeSession(to)
      break
    case -1:
      skip(4)
      break
    default:
      counted(operation(type))
  }
  return here()
}
