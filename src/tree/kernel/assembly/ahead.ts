/*
 * Replay waits for memory: slot, row and the rows above it are somewhere else for every transaction. So the next records
 * are looked up together first, one step for all of them at a time, and their waits overlap. Nothing is changed here, and
 * what is found may be wrong by the time it is needed: it only has to be in the cache then.
 */
import { hash } from './hash'
import { PARENT, STAT } from './layout'
import { slotRow } from './lookup'

const ITEMS: u32 = 256
/** Steps up from a row: the path is compared up to the root, whose next rows are always warm. */
const STEPS: u32 = 3

const hashes = memory.data(256 * 8, 16)
const rows = memory.data(256 * 4, 16)

let items: u32 = 0
let warm: u32 = 0

// @ts-ignore: decorator
@inline
function int(at: u32): u32 {
  return bswap<u32>(load<u32>(at))
}

/** A body in [at, end) that begins with a path; for a create the parent is what must be found. */
function add(at: u32, end: u32, type: i32): void {
  if (items == ITEMS || end - at < 4) return
  let length = int(at)
  const path = at + 4
  if (length > end - path) return
  if (type == 1 || type == 15 || type == 19 || type == 21) {
    warm += slotRow(hash(path, length))
    while (length > 0 && load<u8>(path + length - 1) != 0x2f) length--
    if (length > 0) length--
  }
  store<u64>(<u32>hashes + (items << 3), hash(path, length))
  items++
}

function addMulti(at: u32, end: u32): void {
  let count = int(at)
  at += 4
  for (; count > 0 && end - at >= 8; count--) {
    const type = <i32>int(at)
    const length = int(at + 4)
    at += 8
    if (length > end - at) return
    if (type > 0) add(at, at + length, type)
    at += length
  }
}

export function lookAhead(table: u32, from: u32, to: u32): void {
  items = 0
  for (let i = from; i < to; i++) {
    const payload = load<u32>(table + (i << 3)) + 12
    const end = payload + load<u32>(table + (i << 3), 4)
    const type = <i32>int(payload + 28)
    if (type == 14) addMulti(payload + 32, end)
    else if (type > 0) add(payload + 32, end, type)
  }
  let sum: u32 = 0
  for (let i: u32 = 0; i < items; i++) sum += slotRow(load<u64>(<u32>hashes + (i << 3)))
  for (let i: u32 = 0; i < items; i++) {
    const row = slotRow(load<u64>(<u32>hashes + (i << 3)))
    store<u32>(<u32>rows + (i << 2), row)
    // both cache lines of it
    if (row != 0) sum += load<u32>(row + PARENT) + load<u32>(row + STAT + 56)
  }
  for (let step: u32 = 0; step < STEPS; step++) {
    for (let i: u32 = 0; i < items; i++) {
      const row = load<u32>(<u32>rows + (i << 2))
      if (row == 0) continue
      const parent = load<u32>(row + PARENT)
      store<u32>(<u32>rows + (i << 2), parent)
      if (parent != 0) sum += load<u32>(parent + PARENT) + load<u32>(parent + STAT + 56)
    }
  }
  warm += sum
}
