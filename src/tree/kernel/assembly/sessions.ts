/*
 * Sessions with their timeouts, and for each session the list of its ephemerals (DataTree.ephemerals), linked through
 * the rows. An entry is there while either is.
 */
import { give, take } from './heap'

/** key:8 timeout:4 head:4 inTable:4 used:4 */
const ENTRY: u32 = 24
const TIMEOUT: u32 = 8
const HEAD: u32 = 12
const IN_TABLE: u32 = 16
const USED: u32 = 20

let table: u32 = 0
let capacity: u32 = 0
let used: u32 = 0
/** Sessions that are in the session table. */
export let sessionCount: u32 = 0

export function openSessions(): void {
  capacity = 1024
  table = take(capacity * ENTRY)
  memory.fill(table, 0, capacity * ENTRY)
  used = 0
  sessionCount = 0
}

export function sessionTable(): u32 {
  return table
}

export function sessionCapacity(): u32 {
  return capacity
}

// @ts-ignore: decorator
@inline
function home(id: i64): u32 {
  const mixed = <u64>id * 0x9e3779b97f4a7c15
  return <u32>(mixed >>> 32) & (capacity - 1)
}

/** The entry of a session, or 0. */
export function findSession(id: i64): u32 {
  let entry = table + home(id) * ENTRY
  while (load<u32>(entry + USED)) {
    if (load<i64>(entry) == id) return entry
    entry += ENTRY
    if (entry == table + capacity * ENTRY) entry = table
  }
  return 0
}

function makeSession(id: i64): u32 {
  const found = findSession(id)
  if (found != 0) return found
  if (used >= capacity - (capacity >>> 2)) {
    const old = table
    const oldCapacity = capacity
    capacity <<= 1
    table = take(capacity * ENTRY)
    memory.fill(table, 0, capacity * ENTRY)
    for (let i: u32 = 0; i < oldCapacity; i++) {
      const entry = old + i * ENTRY
      if (load<u32>(entry + USED)) memory.copy(place(load<i64>(entry)), entry, ENTRY)
    }
    give(old, oldCapacity * ENTRY)
  }
  used++
  const entry = place(id)
  store<i64>(entry, id)
  store<u32>(entry + USED, 1)
  return entry
}

function place(id: i64): u32 {
  let i = home(id)
  while (load<u32>(table + i * ENTRY + USED)) i = (i + 1) & (capacity - 1)
  return table + i * ENTRY
}

/** Removes an entry that is neither in the table nor has ephemerals; those behind it move up. */
function drop(entry: u32): void {
  if (load<u32>(entry + IN_TABLE) || load<u32>(entry + HEAD)) return
  used--
  let hole = (entry - table) / ENTRY
  for (let i = (hole + 1) & (capacity - 1); load<u32>(table + i * ENTRY + USED); i = (i + 1) & (capacity - 1)) {
    const wanted = home(load<i64>(table + i * ENTRY))
    // it may move to the hole unless its home lies behind the hole
    if (((i - wanted) & (capacity - 1)) >= ((i - hole) & (capacity - 1))) {
      memory.copy(table + hole * ENTRY, table + i * ENTRY, ENTRY)
      hole = i
    }
  }
  memory.fill(table + hole * ENTRY, 0, ENTRY)
}

export function putSession(id: i64, timeoutMs: i32): void {
  const entry = makeSession(id)
  if (!load<u32>(entry + IN_TABLE)) sessionCount++
  store<i32>(entry + TIMEOUT, timeoutMs)
  store<u32>(entry + IN_TABLE, 1)
}

export function removeSession(id: i64): void {
  const entry = findSession(id)
  if (entry == 0 || !load<u32>(entry + IN_TABLE)) return
  sessionCount--
  store<u32>(entry + IN_TABLE, 0)
  drop(entry)
}

/** The first ephemeral of a session, or 0. */
export function firstOf(id: i64): u32 {
  const entry = findSession(id)
  return entry == 0 ? 0 : load<u32>(entry + HEAD)
}

export function setFirstOf(id: i64, row: u32): void {
  if (row != 0) {
    store<u32>(makeSession(id) + HEAD, row)
    return
  }
  const entry = findSession(id)
  if (entry == 0) return
  store<u32>(entry + HEAD, 0)
  drop(entry)
}
