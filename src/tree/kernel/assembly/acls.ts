/*
 * Access lists as ReferenceCountedACLCache keeps them: ids from 1 upward in the order in which lists are first used,
 * a counter of uses for each, and a list without uses is forgotten (its id is not handed out again).
 *
 * An entry (40 bytes) stays as long as znodes point at it: a znode may name an id that has no list (a fuzzy snapshot
 * writes the lists first), and a later transaction may give that id to another list, which the znode then has.
 * Lists are kept as their bytes (count, then perms, scheme, id of each) and compared as such.
 */
import { give, take } from './heap'
import { hash, same } from './hash'

const ENTRY: u32 = 40
// offsets in an entry
const ID: u32 = 0
const LIST: u32 = 8
const LENGTH: u32 = 12
/** What the server counts; it may be more than `users`, and less when the id had no list before. */
const REFS: u32 = 16
/** How many znodes point here. */
const USERS: u32 = 20
const HASH: u32 = 24
const NEXT_BY_ID: u32 = 28
const NEXT_BY_LIST: u32 = 32
/** Whether equal lists find this entry. */
const KNOWN: u32 = 36

let byId: u32 = 0
let byList: u32 = 0
let buckets: u32 = 0
let entries: u32 = 0
let lastId: i64 = 0
let last: u32 = 0

export function openAcls(): void {
  buckets = 1024
  byId = take(buckets << 2)
  byList = take(buckets << 2)
  memory.fill(byId, 0, buckets << 2)
  memory.fill(byList, 0, buckets << 2)
  entries = 0
  lastId = 0
  last = 0
}

export function aclBuckets(): u32 {
  return byId
}

export function aclBucketCount(): u32 {
  return buckets
}

// @ts-ignore: decorator
@inline
function idBucket(id: i64): u32 {
  const mixed = <u64>id * 0x9e3779b97f4a7c15
  return byId + (<u32>(mixed >>> 40) & (buckets - 1)) * 4
}

// @ts-ignore: decorator
@inline
function listBucket(h: u32): u32 {
  return byList + (h & (buckets - 1)) * 4
}

function grown(): void {
  const oldById = byId
  const oldByList = byList
  const old = buckets
  buckets <<= 2
  byId = take(buckets << 2)
  byList = take(buckets << 2)
  memory.fill(byId, 0, buckets << 2)
  memory.fill(byList, 0, buckets << 2)
  for (let i: u32 = 0; i < old; i++) {
    let entry = load<u32>(oldById + (i << 2))
    while (entry != 0) {
      const next = load<u32>(entry + NEXT_BY_ID)
      const bucket = idBucket(load<i64>(entry + ID))
      store<u32>(entry + NEXT_BY_ID, load<u32>(bucket))
      store<u32>(bucket, entry)
      if (load<u32>(entry + KNOWN)) link(entry)
      entry = next
    }
  }
  give(oldById, old << 2)
  give(oldByList, old << 2)
}

function link(entry: u32): void {
  const bucket = listBucket(load<u32>(entry + HASH))
  store<u32>(entry + NEXT_BY_LIST, load<u32>(bucket))
  store<u32>(bucket, entry)
  store<u32>(entry + KNOWN, 1)
}

function findList(at: u32, length: u32, h: u32): u32 {
  let entry = load<u32>(listBucket(h))
  while (entry != 0) {
    if (load<u32>(entry + HASH) == h && load<u32>(entry + LENGTH) == length && same(load<u32>(entry + LIST), at, length)) {
      return entry
    }
    entry = load<u32>(entry + NEXT_BY_LIST)
  }
  return 0
}

/** Equal lists no longer find `entry` (aclKeyMap.remove). */
function unlinkList(entry: u32): void {
  let at = listBucket(load<u32>(entry + HASH))
  for (let one = load<u32>(at); one != 0; one = load<u32>(at)) {
    if (one == entry) {
      store<u32>(at, load<u32>(entry + NEXT_BY_LIST))
      store<u32>(entry + KNOWN, 0)
      return
    }
    at = one + NEXT_BY_LIST
  }
}

/** The entry of an id, made without a list where there is none. */
export function aclOfId(id: i64): u32 {
  if (id == -1) return 0
  if (last != 0 && load<i64>(last + ID) == id) return last
  let entry = load<u32>(idBucket(id))
  while (entry != 0 && load<i64>(entry + ID) != id) entry = load<u32>(entry + NEXT_BY_ID)
  if (entry == 0) {
    if (entries == buckets << 1) grown()
    entries++
    entry = take(ENTRY)
    memory.fill(entry, 0, ENTRY)
    store<i64>(entry + ID, id)
    const bucket = idBucket(id)
    store<u32>(entry + NEXT_BY_ID, load<u32>(bucket))
    store<u32>(bucket, entry)
  }
  last = entry
  return entry
}

export function aclId(entry: u32): i64 {
  return entry == 0 ? -1 : load<i64>(entry + ID)
}

/** Whether the server would fail on it: "Failed to fetch acls for". */
// @ts-ignore: decorator
@inline
export function aclMissing(entry: u32): bool {
  return entry != 0 && load<u32>(entry + LIST) == 0
}

/** An entry of a snapshot's map (ReferenceCountedACLCache.deserialize): of two equal lists the later id is found. */
export function addAcl(id: i64, at: u32, length: u32): void {
  const entry = aclOfId(id)
  if (entry == 0) return
  if (id > lastId) lastId = id
  clear(entry)
  fill(entry, at, length, <u32>hash(at, length))
}

function fill(entry: u32, at: u32, length: u32, h: u32): void {
  const list = take(length)
  memory.copy(list, at, length)
  store<u32>(entry + LIST, list)
  store<u32>(entry + LENGTH, length)
  store<u32>(entry + HASH, h)
  const other = findList(at, length, h)
  if (other != 0) unlinkList(other)
  link(entry)
}

/** The list is gone; the entry stays for the znodes that name its id. */
function forget(entry: u32): void {
  clear(entry)
  drop(entry)
}

function clear(entry: u32): void {
  const list = load<u32>(entry + LIST)
  if (list == 0) return
  const length = load<u32>(entry + LENGTH)
  const known = findList(list, length, load<u32>(entry + HASH))
  if (known != 0) unlinkList(known)
  give(list, length)
  store<u32>(entry + LIST, 0)
  store<u32>(entry + LENGTH, 0)
  store<u32>(entry + REFS, 0)
}

/** Frees an entry that neither has a list nor is pointed at. */
function drop(entry: u32): void {
  if (load<u32>(entry + LIST) != 0 || load<u32>(entry + USERS) != 0) return
  let at = idBucket(load<i64>(entry + ID))
  for (let one = load<u32>(at); one != entry; one = load<u32>(at)) at = one + NEXT_BY_ID
  store<u32>(at, load<u32>(entry + NEXT_BY_ID))
  if (last == entry) last = 0
  entries--
  give(entry, ENTRY)
}

/** ReferenceCountedACLCache.convertAcls: the entry of a list, counted as used once more. `at` 0: a null list. */
export function convertAcl(at: u32, length: u32): u32 {
  if (at == 0) return 0
  let entry = last
  if (entry == 0 || load<u32>(entry + KNOWN) == 0 || load<u32>(entry + LENGTH) != length || !same(load<u32>(entry + LIST), at, length)) {
    const h = <u32>hash(at, length)
    entry = findList(at, length, h)
    if (entry == 0) {
      entry = aclOfId(++lastId)
      fill(entry, at, length, h)
    }
  }
  store<i32>(entry + REFS, load<i32>(entry + REFS) + 1)
  last = entry
  return entry
}

/** addUsage of a loaded znode: an id without a list is not counted. */
export function useAcl(entry: u32): void {
  if (entry != 0 && load<u32>(entry + LIST) != 0) store<i32>(entry + REFS, load<i32>(entry + REFS) + 1)
}

/** removeUsage. */
export function releaseAcl(entry: u32): void {
  if (entry == 0 || load<u32>(entry + LIST) == 0) return
  const refs = load<i32>(entry + REFS) - 1
  store<i32>(entry + REFS, refs)
  if (refs <= 0) forget(entry)
}

/** A znode points at the entry, or no longer. */
export function pointAtAcl(entry: u32): void {
  if (entry != 0) store<u32>(entry + USERS, load<u32>(entry + USERS) + 1)
}

export function leaveAcl(entry: u32): void {
  if (entry == 0) return
  store<u32>(entry + USERS, load<u32>(entry + USERS) - 1)
  drop(entry)
}

/** purgeUnused, after a load. */
export function purgeAcls(): void {
  for (let i: u32 = 0; i < buckets; i++) {
    let entry = load<u32>(byId + (i << 2))
    while (entry != 0) {
      const next = load<u32>(entry + NEXT_BY_ID)
      if (load<u32>(entry + LIST) != 0 && load<i32>(entry + REFS) <= 0) forget(entry)
      entry = next
    }
  }
}
