/*
 * What the records of a table hold, counted: types, operations inside multis, bytes of data, and by key (counter.ts)
 * paths, prefixes of paths, sessions and error codes. A module of its own that works in the memory of the kernel which
 * framed the records, behind the place where its window may grow to, and has no data of its own elsewhere.
 *
 * ../../txnlog/tally-plain.ts is the same in JavaScript. What a record names is what decoding it shows: an operation
 * inside a multi whose body does not fit its type is unknown and names nothing.
 */
import { bodyKindAt } from './body'
import { Counter, enqueue, exhausted, flush, newCounter, openHeap, take } from './counter'
import { BAD, fieldsEnd, here, int, left, openFields, sized, skip } from './fields'

export { touched } from './counter'

/** Types from -11 to 21, then the unknown. */
const FIRST_TYPE: i32 = -11
const UNKNOWN: u32 = 33
const TYPES: u32 = 34
/** Records, their bytes, operations inside multis. */
const TYPE_BYTES: u32 = 24

export let usedSlot: u32 = 0

let types: u32 = 0
let dataBytes: u64 = 0
let depth: u32 = 0
/** Of records that name several keys; 0 is none. */
let stamps: u64 = 0
let paths: Counter | null = null
let prefixes: Counter | null = null
let sessions: Counter | null = null
let errors: Counter | null = null
let failedOps: Counter | null = null

/** Begins anew with memory from `at` on; false when there is none. */
export function open(at: u32, prefixDepth: u32): bool {
  if (!openHeap(at)) return false
  depth = prefixDepth
  dataBytes = 0
  types = take(TYPES * TYPE_BYTES)
  return types != 0
}

/** Makes the counter of that number (paths, prefixes, sessions, errors, failed operations); `most` 0: without bounds. */
export function openCounter(number: u32, most: u32, arenaBytes: u32): bool {
  const counter = newCounter(most, arenaBytes)
  if (number == 0) paths = counter
  else if (number == 1) prefixes = counter
  else if (number == 2) sessions = counter
  else if (number == 3) errors = counter
  else failedOps = counter
  return counter != null
}

function counterOf(number: u32): Counter {
  if (number == 0) return paths!
  if (number == 1) return prefixes!
  if (number == 2) return sessions!
  return number == 3 ? errors! : failedOps!
}

export function typesAt(): u32 {
  return types
}

export function dataByteCount(): f64 {
  return <f64>dataBytes
}

/** The entry of the first slot from `slot` on with at least that count, 0 when there is none; usedSlot tells which. */
export function nextEntry(number: u32, slot: u32, least: f64): u32 {
  const counter = counterOf(number)
  const count = <u64>least
  for (let i = slot; i <= counter.mask; i++) {
    const entry = load<u32>(counter.slots + (i << 3), 4)
    if (entry == 0 || load<u64>(entry) < count) continue
    usedSlot = i
    return entry
  }
  return 0
}

export function keyCount(number: u32): u32 {
  return counterOf(number).used
}

export function missedAtMost(number: u32): f64 {
  return <f64>counterOf(number).missed
}

/** Counts the first `count` rows of `table`; false when there was not enough memory. */
export function tally(table: u32, count: u32): bool {
  for (let row: u32 = 0; row < count; row++) {
    tallyRecord(load<u32>(table + (row << 3)), load<u32>(table + (row << 3), 4))
  }
  // keys are not copied before they are counted
  for (let number: u32 = 0; number < 5; number++) flush(counterOf(number))
  return !exhausted
}

function tallyRecord(record: u32, length: u32): void {
  const bytes = length + 13
  const type = <i32>bswap<u32>(load<u32>(record, 40))
  enqueue(sessions!, record + 12, 8, bytes, 0)
  openFields(record + 44, record + 12 + length)
  // check exists inside multi only
  const known = type == 14 || type == -11 || (type != 13 && body(type, bytes, 0))
  const counts = types + (known ? <u32>(type - FIRST_TYPE) : UNKNOWN) * TYPE_BYTES
  store<u64>(counts, load<u64>(counts) + 1)
  store<u64>(counts, load<u64>(counts, 8) + bytes, 8)
  if (type == 14) multi(bytes)
  else if (type == -11) closeSession(bytes)
}

/** A body that fits its type: what it names is counted. False for a type that is not known. */
function body(type: i32, bytes: u32, stamp: u64): bool {
  switch (type) {
    case 1:
    case 15:
    case 19:
    case 21:
    case 5:
    case 16: {
      path(bytes, stamp)
      const data = sized()
      if (data > 0) dataBytes += data
      return true
    }
    case 2:
    case 20:
    case 7:
    case 13:
      path(bytes, stamp)
      return true
    case -1:
      if (stamp == 0) enqueue(errors!, here(), 4, bytes, 0)
      else enqueue(failedOps!, here(), 4, bytes, 0)
      return true
    case -10:
      return true
    default:
      return false
  }
}

function path(bytes: u32, stamp: u64): void {
  const length = sized()
  if (length < 0) return
  const at = here()
  enqueue(paths!, at, length, bytes, stamp)
  enqueue(prefixes!, at, prefixLength(at, length), bytes, stamp)
  skip(length)
}

/** Up to the slash behind the last of `depth` components; 16 bytes at a time. */
function prefixLength(at: u32, length: u32): u32 {
  let before = depth
  for (let i: u32 = 0; i < length; i += 16) {
    let slashes = <u32>i8x16.bitmask(i8x16.eq(v128.load(at + i), i8x16.splat(0x2f)))
    const count = popcnt(slashes)
    if (count <= before) {
      before -= count
      continue
    }
    for (; before > 0; before--) slashes &= slashes - 1
    // what lies behind the path does not count
    return min(i + ctz(slashes), length)
  }
  return length
}

function multi(bytes: u32): void {
  const stamp = ++stamps
  const end = fieldsEnd()
  for (let count = int(); count > 0; count--) {
    const type = int()
    const length = max(sized(), 0)
    const next = here() + length
    if (type == -1 && length != 4) {
      // a failed operation may hold its old body (ZooKeeper rewrites the type in memory before it is logged)
      enqueue(failedOps!, here(), 0, bytes, 0)
      operation(type)
    } else if (type != 14 && type != -11 && bodyKindAt(type, here(), next, i32.MAX_VALUE) == 0) {
      openFields(here(), next)
      body(type, bytes, stamp)
      operation(type)
    } else operation(FIRST_TYPE + UNKNOWN)
    openFields(next, end)
  }
}

function operation(type: i32): void {
  const count = types + (type - FIRST_TYPE) * TYPE_BYTES
  store<u64>(count, load<u64>(count, 16) + 1, 16)
}

/** No list in the old form, in a bare digest (12 bytes, version 2), and where it ends too early. */
function closeSession(bytes: u32): void {
  const start = here()
  if (left() < 4 || (left() == 12 && bswap<u32>(load<u32>(start)) == 2)) return
  const count = int()
  for (let i = 0; i < count; i++) {
    const length = sized()
    if (length == BAD) return
    skip(max(length, 0))
  }
  const stamp = count > 1 ? ++stamps : 0
  openFields(start + 4, fieldsEnd())
  for (let i = 0; i < count; i++) path(bytes, stamp)
}
