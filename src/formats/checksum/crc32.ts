let table: Uint32Array | undefined

/**
 * CRC-32 (IEEE, as java.util.zip.CRC32) as an unsigned number, going on from `start` (0 for a new one). The kernels'
 * versions are several times faster; this one serves where there is none, and small inputs.
 */
export function crc32(bytes: Uint8Array, start = 0): number {
  table ??= makeTable()
  let running = ~start
  for (const byte of bytes) running = (running >>> 8) ^ table[(running ^ byte) & 0xff]!
  return ~running >>> 0
}

function makeTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, i) => {
    let value = i
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
    return value
  })
}
