/*
 * CRC-32 (IEEE, as java.util.zip.CRC32), 16 bytes a step by 16 tables (slicing).
 */
const POLYNOMIAL: u32 = 0xedb88320

const tables: usize = memory.data(16384, 16)
let ready: bool = false

function makeTables(): void {
  ready = true
  for (let i: u32 = 0; i < 256; i++) {
    let value = i
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ POLYNOMIAL : value >>> 1
    store<u32>(<u32>tables + (i << 2), value)
  }
  for (let i: u32 = 0; i < 256; i++) {
    let value = entry(0, i)
    for (let table: u32 = 1; table < 16; table++) {
      value = (value >>> 8) ^ entry(0, value & 0xff)
      store<u32>(<u32>tables + (table << 10) + (i << 2), value)
    }
  }
}

// @ts-ignore: decorator
@inline
function entry(table: u32, index: u32): u32 {
  return load<u32>(<u32>tables + (table << 10) + (index << 2))
}

// @ts-ignore: decorator
@inline
function word(value: u32, table: u32): u32 {
  return (
    entry(table + 3, value & 0xff) ^
    entry(table + 2, (value >>> 8) & 0xff) ^
    entry(table + 1, (value >>> 16) & 0xff) ^
    entry(table, value >>> 24)
  )
}

/** The running value (not inverted; ~0 for a new one) after `length` bytes at `at`. */
export function crc32(running: u32, at: u32, length: u32): u32 {
  if (!ready) makeTables()
  const end = at + length
  while (end - at >= 16) {
    running =
      word(load<u32>(at) ^ running, 12) ^
      word(load<u32>(at, 4), 8) ^
      word(load<u32>(at, 8), 4) ^
      word(load<u32>(at, 12), 0)
    at += 16
  }
  while (end - at >= 4) {
    running = word(load<u32>(at) ^ running, 0)
    at += 4
  }
  while (at < end) running = crc32Byte(running, load<u8>(at++))
  return running
}

// @ts-ignore: decorator
@inline
export function crc32Byte(running: u32, value: u32): u32 {
  return (running >>> 8) ^ entry(0, (running ^ value) & 0xff)
}
