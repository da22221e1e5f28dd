/*
 * Memory of rows, access lists and tables: taken from the front of what is free, in multiples of eight bytes; what is
 * given back is kept by size for the next one of the same size. Blocks above 1 KiB (hash tables) are rounded up to a
 * power of two; a table that was outgrown is cut up for small blocks.
 *
 * Nothing here fails quietly: when memory ends (4 GiB), `full` is set and the call traps.
 */
const SMALL: u32 = 1024
const SMALL_CLASSES: u32 = 129
const GROW_PAGES: u32 = 64

/** The first free block of each size: by eight bytes up to SMALL, then by powers of two. */
const free = memory.data((129 + 32) * 4, 8)

let top: u32 = 0
let spare: u32 = 0
let spareEnd: u32 = 0

export let full: u32 = 0

/** Everything from `at` on is ours. */
export function openHeap(at: u32): void {
  top = (at + 7) & ~7
  spare = 0
  spareEnd = 0
  memory.fill(free, 0, (129 + 32) * 4)
}

/** Address behind the last byte in use. */
export function heapEnd(): u32 {
  return top
}

function grow(bytes: u32): u32 {
  const at = top
  // in 64 bits: the sum may pass the end; vectors are read up to 32 bytes behind a block
  const need = <u64>at + bytes + 64
  if (need > 0xffff0000) return fail()
  const have = <u64>memory.size() << 16
  if (need > have) {
    const pages = max<u32>(<u32>((need - have + 0xffff) >> 16), GROW_PAGES)
    if (memory.grow(pages) < 0 && memory.grow(<u32>((need - have + 0xffff) >> 16)) < 0) return fail()
  }
  top = at + bytes
  return at
}

/** Ends the work; the caller finds `full` set. */
function fail(): u32 {
  full = 1
  unreachable()
  return 0
}

// @ts-ignore: decorator
@inline
function slotOf(bytes: u32): u32 {
  return bytes <= SMALL ? <u32>free + ((bytes >>> 3) << 2) : <u32>free + ((SMALL_CLASSES + 31 - clz(bytes)) << 2)
}

// @ts-ignore: decorator
@inline
function rounded(bytes: u32): u32 {
  if (bytes <= SMALL) return (max<u32>(bytes, 8) + 7) & ~7
  if (bytes > 0x80000000) fail()
  return bytes & (bytes - 1) ? 1 << (32 - clz(bytes)) : bytes
}

export function take(bytes: u32): u32 {
  const size = rounded(bytes)
  const slot = slotOf(size)
  const found = load<u32>(slot)
  if (found != 0) {
    store<u32>(slot, load<u32>(found))
    return found
  }
  if (size <= SMALL && spareEnd - spare >= size) {
    const at = spare
    spare += size
    return at
  }
  return grow(size)
}

export function give(at: u32, bytes: u32): void {
  const size = rounded(bytes)
  if (size > SMALL && size > spareEnd - spare) {
    spare = at
    spareEnd = at + size
    return
  }
  const slot = slotOf(size)
  store<u32>(at, load<u32>(slot))
  store<u32>(slot, at)
}
