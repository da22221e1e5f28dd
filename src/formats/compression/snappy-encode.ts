/*
 * The writer's side of snappy.ts: snappy-java's SnappyOutputStream.
 */
import { SNAPPY_MAGIC } from './snappy.ts'

const TABLE_BITS = 13
const table = new Uint16Array(1 << TABLE_BITS)
/** What SnappyOutputStream puts into a block. */
const WRITTEN_BLOCK_BYTES = 32 << 10

/** Packs bytes as SnappyOutputStream frames them. */
export interface SnappyEncoder {
  /** Each is of use until the next one is asked for. */
  push(piece: Uint8Array): Generator<Uint8Array>
  end(): Generator<Uint8Array>
}

export function snappyEncoder(): SnappyEncoder {
  const block = new Uint8Array(WRITTEN_BLOCK_BYTES)
  const output = new Uint8Array(4 + mostPacked(WRITTEN_BLOCK_BYTES))
  const view = new DataView(output.buffer)
  let used = 0
  let begun = false
  const take = function* (): Generator<Uint8Array> {
    if (!begun) yield Buffer.concat([SNAPPY_MAGIC, Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 1)])
    begun = true
    if (used === 0) return
    const { length } = encodeSnappyBlock(block.subarray(0, used), output.subarray(4))
    view.setInt32(0, length)
    used = 0
    yield output.subarray(0, 4 + length)
  }
  return {
    *push(piece) {
      for (let at = 0; at < piece.length; ) {
        const part = piece.subarray(at, at + block.length - used)
        block.set(part, used)
        used += part.length
        at += part.length
        if (used === block.length) yield* take()
      }
    },
    end: take,
  }
}

function mostPacked(bytes: number): number {
  return 32 + bytes + Math.floor(bytes / 6)
}

/**
 * One raw block: greedy matches of four bytes and more, found by a table of where four bytes were seen last. `input`: at
 * most 64 KiB.
 */
export function encodeSnappyBlock(input: Uint8Array, output = new Uint8Array(mostPacked(input.length))): Uint8Array {
  table.fill(0)
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength)
  let out = 0
  for (let rest = input.length; ; rest >>>= 7) {
    output[out++] = rest < 0x80 ? rest : (rest & 0x7f) | 0x80
    if (rest < 0x80) break
  }
  const literal = (from: number, to: number): void => {
    const length = to - from
    if (length === 0) return
    if (length <= 60) output[out++] = (length - 1) << 2
    else if (length <= 256) {
      output[out++] = 60 << 2
      output[out++] = length - 1
    } else {
      output[out++] = 61 << 2
      output[out++] = (length - 1) & 0xff
      output[out++] = (length - 1) >>> 8
    }
    output.set(input.subarray(from, to), out)
    out += length
  }
  let from = 0
  let at = 1
  while (at + 4 <= input.length) {
    const slot = Math.imul(view.getUint32(at), 0x1e35a7bd) >>> (32 - TABLE_BITS)
    const seen = table[slot]!
    table[slot] = at
    if (seen >= at || view.getUint32(seen) !== view.getUint32(at)) {
      at++
      continue
    }
    literal(from, at)
    let length = 4
    while (at + length < input.length && input[seen + length] === input[at + length]) length++
    for (let left = length; left > 0; ) {
      const part = Math.min(left, 64)
      output[out++] = ((part - 1) << 2) | 2
      output[out++] = (at - seen) & 0xff
      output[out++] = (at - seen) >>> 8
      left -= part
    }
    at += length
    from = at
  }
  literal(from, input.length)
  return output.subarray(0, out)
}
