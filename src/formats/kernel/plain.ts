/*
 * The kernel in plain JavaScript: the same walk as assembly/, for runtimes without WebAssembly SIMD and as the second
 * opinion of the tests.
 */
import { adler32 } from '../checksum/adler32.ts'
import { bodyStop } from './body.ts'
import { FIRST_FREE, type Kernel, TABLE_ROWS } from './kernel.ts'
import { PlainMemory } from './plain-memory.ts'
import { STOP, type StopKind } from './stop.ts'

const END_MARK = 0x42

export function plainKernel(): Kernel {
  const memory = new PlainMemory(FIRST_FREE)
  const table = new Uint32Array(TABLE_ROWS * 2)
  let stopKind: StopKind = STOP.needMore
  let stopAt = 0

  const stopOf = (at: number, to: number, limit: number): StopKind | undefined => {
    const { bytes, view } = memory
    if (to - at < 12) return STOP.needMore
    const length = view.getUint32(at + 8)
    if (length === 0) return STOP.zeroLength
    if (length > limit) return STOP.badLength
    const payload = at + 12
    if (payload + length + 1 > to) return STOP.needMore
    if (bytes[payload + length] !== END_MARK) return STOP.badEndMark
    const checksum = adler32(bytes, 1, payload, payload + length)
    if (view.getUint32(at) !== 0 || view.getUint32(at + 4) !== checksum) return STOP.badChecksum
    return bodyStop(view, payload, length, limit)
  }

  return {
    bytes: () => memory.bytes,
    reserve: (size) => memory.reserve(size),
    frame(from, to, limit, capacity) {
      let at = from
      let rows = 0
      stopKind = STOP.tableFull
      while (rows < Math.min(capacity, TABLE_ROWS)) {
        const stop = stopOf(at, to, limit)
        if (stop !== undefined) {
          stopKind = stop
          break
        }
        const length = memory.view.getUint32(at + 8)
        table[2 * rows] = at
        table[2 * rows + 1] = length
        rows++
        at += length + 13
      }
      stopAt = at
      return rows
    },
    stopKind: () => stopKind,
    stopAt: () => stopAt,
    table: () => table,
    adler32: (at, length, start) => adler32(memory.bytes, start, at, at + length),
    endOfNonZero(from, to) {
      const { bytes } = memory
      let end = to
      while (end > from && bytes[end - 1] === 0) end--
      return end
    },
    search(from, to, limit) {
      const { bytes, view } = memory
      for (let at = from; at + 12 <= to; at++) {
        if (bytes[at + 3] !== 0) {
          // no run of four zeros can start before the byte behind this one
          at += 3
          continue
        }
        if (view.getUint32(at) !== 0 || view.getUint32(at + 4) === 0) continue
        const length = view.getUint32(at + 8)
        const end = at + 12 + length
        if (length >= 32 && length <= limit && (end >= to || bytes[end] === END_MARK)) return at
      }
      return to
    },
    find: (from, to, needle) => findBytes(memory.bytes, from, to, needle),
    lines: undefined,
    memory: undefined,
  }
}

/** What the kernel's find does, for needles of any length. */
export function findBytes(bytes: Uint8Array, from: number, to: number, needle: Uint8Array): number {
  const at = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).indexOf(needle)
  return at === -1 ? to : from + at
}
