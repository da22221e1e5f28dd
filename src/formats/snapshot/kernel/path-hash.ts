/**
 * 64 bits of a hash of the path in [from, to), as two words, and the slashes in it; the same as in assembly/index.ts.
 * Good against chance, not against someone who wants two paths to meet.
 */
export function pathHash(bytes: Uint8Array, from: number, to: number): readonly [number, number, number] {
  const length = to - from
  let h1 = 0x9e3779b9 ^ length
  let h2 = 0x85ebca6b + length
  let slashes = 0
  const add = (word: number): void => {
    h1 = Math.imul(rotate(h1, 5) ^ word, 0xcc9e2d51)
    h2 = Math.imul(rotate(h2, 11) ^ word, 0x9e3779b1)
  }
  let at = from
  for (; to - at >= 4; at += 4) {
    add(bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24))
  }
  if (at < to) {
    let rest = 0
    for (let shift = 0; at < to; at++, shift += 8) rest |= bytes[at]! << shift
    add(rest)
  }
  for (let i = from; i < to; i++) if (bytes[i] === 0x2f) slashes++
  return [mixed(h1 ^ (h2 >>> 16)), mixed(h2), slashes]
}

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by))
}

function mixed(value: number): number {
  let mix = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35)
  return (mix ^ (mix >>> 16)) >>> 0
}
