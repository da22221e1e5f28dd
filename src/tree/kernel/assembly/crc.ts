/*
 * CRC-32 (IEEE, as java.util.zip.CRC32), sixteen bytes a step. A state is the inverted register: it starts with
 * 0xffffffff and the value is its complement, so that a checksum can go on from any state that was kept.
 */
const POLYNOMIAL: u32 = 0xedb88320
export const CRC_START: u32 = 0xffffffff

const tables = memory.data(16 * 1024, 16)

export function makeTables(): void {
  const t = <u32>tables
  for (let n: u32 = 0; n < 256; n++) {
    let c = n
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ POLYNOMIAL : c >>> 1
    store<u32>(t + (n << 2), c)
  }
  for (let i: u32 = 1; i < 16; i++) {
    for (let n: u32 = 0; n < 256; n++) {
      const before = load<u32>(t + ((i - 1) << 10) + (n << 2))
      store<u32>(t + (i << 10) + (n << 2), load<u32>(t + ((before & 0xff) << 2)) ^ (before >>> 8))
    }
  }
}

// @ts-ignore: decorator
@inline
function step(table: u32, byte: u32): u32 {
  return load<u32>(<u32>tables + (table << 10) + ((byte & 0xff) << 2))
}

// @ts-ignore: decorator
@inline
function four(table: u32, word: u32): u32 {
  return step(table, word) ^ step(table - 1, word >>> 8) ^ step(table - 2, word >>> 16) ^ step(table - 3, word >>> 24)
}

/** The state after `length` more bytes. */
export function crc(state: u32, at: u32, length: u32): u32 {
  const end = at + length
  while (end - at >= 16) {
    const a = load<u32>(at) ^ state
    state = four(15, a) ^ four(11, load<u32>(at, 4)) ^ four(7, load<u32>(at, 8)) ^ four(3, load<u32>(at, 12))
    at += 16
  }
  while (end - at >= 4) {
    state = four(3, load<u32>(at) ^ state)
    at += 4
  }
  while (at < end) state = (state >>> 8) ^ step(0, state ^ load<u8>(at++))
  return state
}

/**
 * What `difference` of two states becomes when both go over the same `length` bytes: the register is linear, so the
 * bytes themselves do not matter (multiplication by x^(8 length) modulo the polynomial).
 */
export function carried(difference: u32, length: u32): u32 {
  // x^(8 * 2^k), squared from step to step; polynomials are reflected: x^0 is the highest bit
  let power: u32 = 1 << 23
  let result = difference
  while (length != 0) {
    if (length & 1) result = product(power, result)
    power = product(power, power)
    length >>>= 1
  }
  return result
}

function product(a: u32, b: u32): u32 {
  let sum: u32 = 0
  for (let bit: u32 = 1 << 31; bit != 0; bit >>>= 1) {
    if (a & bit) sum ^= b
    b = b & 1 ? (b >>> 1) ^ POLYNOMIAL : b >>> 1
  }
  return sum
}
