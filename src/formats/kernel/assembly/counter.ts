/*
 * Counts by key: how many records name a key, and how many bytes these records have. Keys are bytes of any length and
 * are compared as bytes; the hash only finds them.
 *
 *   slots    2^n of {hash:u32 entry:u32}, open addressing, entry 0 is free
 *   entry    {count:u64 bytes:u64 missed:u64 stamp:u64 hash:u32 length:u32 key:byte[length]}, padded to 8 bytes
 *
 * A counter without bounds grows. One with bounds has one arena; when it is full, or holds as many keys as it may, the
 * half of the keys with the lowest counts goes (lossy counting by the median). What a key had before it went is not
 * known when it comes again, so it starts with `missed`, the most that any lost key can have had:
 * count <= true count <= count + missed. The sum of the counts bounds it, unless the arena is full before there are as
 * many keys as may be: missed <= 2 * all / keys.
 *
 * Keys wait in a queue until there are 64, so that the cache misses of their slots and entries overlap: 2x faster with a
 * million keys.
 */
const SLOT_BYTES: u32 = 8
const ENTRY_BYTES: u32 = 40
const QUEUE_ROWS: u32 = 64
const QUEUE_ROW_BYTES: u32 = 32
const CHUNK_BYTES: u32 = 1 << 18
const GROW_PAGES: u32 = 16
const FIRST_SLOTS: u32 = 1 << 10

@unmanaged
export class Counter {
  slots: u32
  mask: u32
  /** Keys that are held. */
  used: u32
  /** Most keys; 0: no bounds. */
  most: u32
  arena: u32
  arenaAt: u32
  arenaEnd: u32
  queue: u32
  queued: u32
  unused: u32
  /** The most that a key can have had that is not held. */
  missed: u64
}

@unmanaged
class Entry {
  count: u64
  bytes: u64
  missed: u64
  /** Of the last record that was counted here, when that record names several keys. */
  stamp: u64
  hash: u32
  length: u32
}

@unmanaged
class Queued {
  key: u32
  length: u32
  bytes: u32
  hash: u32
  stamp: u64
  entry: u32
}

/** Where the next piece of memory is taken from. */
let heap: u32 = 0
/** How often each of 256 digits comes. */
let digits: u32 = 0
/** There was no more memory to be had: keys were left out. */
export let exhausted: bool = false
/** Keeps reads whose values do not matter. */
export let touched: u64 = 0

export function openHeap(at: u32): bool {
  heap = (at + 7) & ~7
  exhausted = false
  // what is there already may have been used; what comes anew is zero
  const end = <u64>memory.size() << 16
  if (end > <u64>heap) memory.fill(heap, 0, <u32>(end - heap))
  digits = take(1024)
  return digits != 0
}

/** Zeroed memory, which is never given back; 0 when there is none. */
export function take(bytes: u32): u32 {
  const at = heap
  // words are read up to 8 bytes behind a key, vectors up to 32
  const end = <u64>at + ((<u64>bytes + 7) & ~7)
  const pages = (end + 32 + 0xffff) >> 16
  const missing = <i64>pages - <i64>memory.size()
  if (missing > 0) {
    if (pages > 65535) return 0
    const step = min<i64>(max<i64>(missing, GROW_PAGES), 65535 - <i64>memory.size())
    if (memory.grow(<i32>step) < 0) return 0
  }
  heap = <u32>end
  return at
}

/** `most` 0: without bounds. Null when there is no memory. */
export function newCounter(most: u32, arenaBytes: u32): Counter | null {
  const at = take(offsetof<Counter>())
  const queue = take(QUEUE_ROWS * QUEUE_ROW_BYTES)
  let slots = FIRST_SLOTS
  // at most three quarters full
  while (slots * 3 < most * 4) slots <<= 1
  const slotsAt = take(slots * SLOT_BYTES)
  const arena = most == 0 ? 1 : take(arenaBytes)
  if (at == 0 || queue == 0 || slotsAt == 0 || arena == 0) return null
  const counter = changetype<Counter>(at)
  counter.slots = slotsAt
  counter.mask = slots - 1
  counter.most = most
  counter.queue = queue
  if (most == 0) return counter
  counter.arena = arena
  counter.arenaAt = arena
  counter.arenaEnd = arena + arenaBytes
  return counter
}

/**
 * One record of `bytes` names the key. `stamp` tells records apart that name several keys, so that each counts once for
 * a record; 0 for a record that names one. The key must stay where it is until the queue is flushed.
 */
export function enqueue(counter: Counter, key: u32, length: u32, bytes: u32, stamp: u64): void {
  const row = changetype<Queued>(counter.queue + counter.queued * QUEUE_ROW_BYTES)
  row.key = key
  row.length = length
  row.bytes = bytes
  row.hash = hashOf(key, length)
  row.stamp = stamp
  if (++counter.queued == QUEUE_ROWS) flush(counter)
}

/** Counts what waits. */
export function flush(counter: Counter): void {
  const end = counter.queue + counter.queued * QUEUE_ROW_BYTES
  counter.queued = 0
  let sum: u64 = 0
  for (let at = counter.queue; at < end; at += QUEUE_ROW_BYTES) {
    const row = changetype<Queued>(at)
    row.entry = load<u32>(counter.slots + (row.hash & counter.mask) * SLOT_BYTES, 4)
  }
  for (let at = counter.queue; at < end; at += QUEUE_ROW_BYTES) {
    const entry = changetype<Queued>(at).entry
    // address 0 is as good as any
    sum += load<u64>(entry) + load<u64>(entry, 56)
  }
  touched += sum
  for (let at = counter.queue; at < end; at += QUEUE_ROW_BYTES) count(counter, changetype<Queued>(at))
}

function count(counter: Counter, row: Queued): void {
  const hash = row.hash
  const length = row.length
  const mask = counter.mask
  let i = hash & mask
  for (;;) {
    const slot = counter.slots + i * SLOT_BYTES
    const at = load<u32>(slot, 4)
    if (at == 0) break
    if (load<u32>(slot) == hash) {
      const entry = changetype<Entry>(at)
      if (entry.length == length && same(at + ENTRY_BYTES, row.key, length)) {
        if (row.stamp != 0) {
          if (entry.stamp == row.stamp) return
          entry.stamp = row.stamp
        }
        entry.count++
        entry.bytes += row.bytes
        return
      }
    }
    i = (i + 1) & mask
  }
  insert(counter, row)
}

function insert(counter: Counter, row: Queued): void {
  const bytes = (<u64>ENTRY_BYTES + row.length + 7) & ~7
  if (!makeRoom(counter, bytes)) return
  const at = counter.arenaAt
  counter.arenaAt += <u32>bytes
  const entry = changetype<Entry>(at)
  entry.count = 1
  entry.bytes = row.bytes
  entry.missed = counter.missed
  entry.stamp = row.stamp
  entry.hash = row.hash
  entry.length = row.length
  memory.copy(at + ENTRY_BYTES, row.key, row.length)
  counter.used++
  place(counter, row.hash, at)
}

/** Room for one more key; false when there cannot be any. */
function makeRoom(counter: Counter, bytes: u64): bool {
  if (counter.most != 0) {
    if (bytes > <u64>(counter.arenaEnd - counter.arena)) {
      // a key that does not fit at all is one more that may have been missed
      counter.missed++
      return false
    }
    while (counter.used == counter.most || <u64>counter.arenaAt + bytes > <u64>counter.arenaEnd) purge(counter)
    return true
  }
  if (<u64>counter.arenaAt + bytes > <u64>counter.arenaEnd) {
    const chunk = <u32>max<u64>(bytes, CHUNK_BYTES)
    const at = take(chunk)
    if (at == 0) return refuse()
    counter.arenaAt = at
    counter.arenaEnd = at + chunk
  }
  return (counter.used + 1) * 4 <= (counter.mask + 1) * 3 || grow(counter) || refuse()
}

function refuse(): bool {
  exhausted = true
  return false
}

function place(counter: Counter, hash: u32, at: u32): void {
  let i = hash & counter.mask
  while (load<u32>(counter.slots + i * SLOT_BYTES, 4) != 0) i = (i + 1) & counter.mask
  store<u32>(counter.slots + i * SLOT_BYTES, hash)
  store<u32>(counter.slots + i * SLOT_BYTES, at, 4)
}

function grow(counter: Counter): bool {
  const old = counter.slots
  const size = (counter.mask + 1) * SLOT_BYTES
  if (size >= 1 << 30) return false
  const at = take(size * 2)
  if (at == 0) return false
  counter.slots = at
  counter.mask = counter.mask * 2 + 1
  for (let slot = old; slot < old + size; slot += SLOT_BYTES) {
    const entry = load<u32>(slot, 4)
    if (entry != 0) place(counter, load<u32>(slot), entry)
  }
  return true
}

/** Lets the keys go whose count may be at or below the median. */
function purge(counter: Counter): void {
  const most = max(counter.missed, median(counter))
  counter.missed = most
  memory.fill(counter.slots, 0, (counter.mask + 1) * SLOT_BYTES)
  let to = counter.arena
  let used: u32 = 0
  const end = counter.arenaAt
  for (let at = counter.arena; at < end; ) {
    const entry = changetype<Entry>(at)
    const bytes = (ENTRY_BYTES + entry.length + 7) & ~7
    if (entry.count + entry.missed > most) {
      const hash = entry.hash
      if (to != at) memory.copy(to, at, bytes)
      place(counter, hash, to)
      to += bytes
      used++
    }
    at += bytes
  }
  counter.arenaAt = to
  counter.used = used
}

/** The lower median of count + missed over all keys, digit by digit from the highest. */
function median(counter: Counter): u64 {
  let highest: u64 = 0
  for (let at = counter.arena; at < counter.arenaAt; at = next(at)) highest = max(highest, weight(at))
  let rank = (counter.used - 1) >>> 1
  let prefix: u64 = 0
  for (let shift = highest == 0 ? 0 : <i32>(63 - clz(highest)) & ~7; shift >= 0; shift -= 8) {
    memory.fill(digits, 0, 1024)
    for (let at = counter.arena; at < counter.arenaAt; at = next(at)) {
      const value = weight(at)
      // all higher digits at once; a shift by 64 is none
      if (shift < 56 && value >> <u64>(shift + 8) != prefix) continue
      const digit = digits + (<u32>(value >> <u64>shift) & 255) * 4
      store<u32>(digit, load<u32>(digit) + 1)
    }
    let digit: u32 = 0
    for (;;) {
      const here = load<u32>(digits + digit * 4)
      if (rank < here) break
      rank -= here
      digit++
    }
    prefix = (prefix << 8) | digit
  }
  return prefix
}

// @ts-ignore: decorator
@inline
function weight(at: u32): u64 {
  const entry = changetype<Entry>(at)
  return entry.count + entry.missed
}

// @ts-ignore: decorator
@inline
function next(at: u32): u32 {
  return at + ((ENTRY_BYTES + changetype<Entry>(at).length + 7) & ~7)
}

const FACTOR: u64 = 0x9e3779b97f4a7c15
const MIX: u64 = 0xd6e8feb86659fd93

function hashOf(key: u32, length: u32): u32 {
  let hash = <u64>length * FACTOR
  let at = key
  const end = key + length
  for (; at + 8 <= end; at += 8) {
    hash = (hash ^ load<u64>(at)) * FACTOR
    hash ^= hash >> 32
  }
  if (at < end) {
    hash = (hash ^ (load<u64>(at) << (<u64>(8 - (end - at)) << 3))) * FACTOR
    hash ^= hash >> 32
  }
  hash *= MIX
  return <u32>(hash ^ (hash >> 32))
}

function same(a: u32, b: u32, length: u32): bool {
  let i: u32 = 0
  for (; i + 8 <= length; i += 8) if (load<u64>(a + i) != load<u64>(b + i)) return false
  return i == length || (load<u64>(a + i) ^ load<u64>(b + i)) << (<u64>(8 - (length - i)) << 3) == 0
}
