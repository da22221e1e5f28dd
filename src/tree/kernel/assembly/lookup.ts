/* The table from path to row: a slot is 32 bits of the hash, which is also its place, and the row. */
import { give, take } from './heap'
import { hash, same } from './hash'
import { HASH2, NAME_BYTES, nameLength, PARENT } from './layout'

let slots: u32 = 0
let mask: u32 = 0

export function openSlots(): void {
  mask = 1023
  slots = take((mask + 1) << 3)
  memory.fill(slots, 0, (mask + 1) << 3)
}

export function slotTable(): u32 {
  return slots
}

export function slotCount(): u32 {
  return mask + 1
}

/** Brings the slot of a hash into the cache. */
// @ts-ignore: decorator
@inline
export function slotRow(h: u64): u32 {
  return load<u32>(slots + ((<u32>h & mask) << 3), 4)
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

/** A slot for one more row; `count`: how many there are. */
export function addSlot(h: u32, row: u32, count: u32): void {
  if (count >= mask - (mask >>> 2)) growSlots()
  insertSlot(h, row)
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

export function removeSlot(h: u32, row: u32): void {
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
