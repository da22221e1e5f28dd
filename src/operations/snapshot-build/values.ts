/*
 * Values of many znodes at once. They lie anywhere in the snapshot and the logs, so each file is read in ascending order,
 * in windows where values lie close together: one small read for each would take most of the time.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { openSource } from '../../datadir/byte-source.ts'
import { openRanges } from '../../datadir/range-reader.ts'
import { fileError, interrupted, ZkopsError } from '../../support/errors.ts'
import type { ValuePlace } from '../../tree/kernel/tree-kernel.ts'

/** How many fit one list; the index of one fits the lower part of a sort key. */
export const MOST_VALUES = 1 << 19
const INDEX_BITS = 20
const WINDOW_BYTES = 64 << 10
const ABORT_CHECK = 1 << 12

/** Values that are wanted, in the order of the result; there is no object for each of them. */
export class ValueList {
  /** Bytes of all values. */
  bytes = 0
  private count = 0
  private readonly offsets = new Float64Array(MOST_VALUES)
  private readonly lengths = new Int32Array(MOST_VALUES)
  /** Where each begins in the result. */
  private readonly starts = new Float64Array(MOST_VALUES)
  private bySource = new Map<number, number[]>()
  private result = new Uint8Array()

  clear(): void {
    this.bytes = 0
    this.count = 0
    this.bySource = new Map()
  }

  /** False when the list is full. */
  add({ length, source, offset }: ValuePlace, mostBytes: number): boolean {
    if (this.count === MOST_VALUES || (this.bytes > 0 && this.bytes + Math.max(0, length) > mostBytes)) return false
    const i = this.count++
    if (length <= 0) return true
    this.offsets[i] = offset
    this.lengths[i] = length
    this.starts[i] = this.bytes
    const indices = this.bySource.get(source)
    if (indices === undefined) this.bySource.set(source, [i])
    else indices.push(i)
    this.bytes += length
    return true
  }

  /** All values, one behind the other, until the next call. Throws `input.*`, `stopped.input-changed`. */
  async read(sources: readonly string[], signal: AbortSignal): Promise<Uint8Array> {
    if (this.result.length < this.bytes) this.result = new Uint8Array(this.bytes)
    const { result } = this
    for (const [source, indices] of [...this.bySource].sort(([a], [b]) => a - b)) {
      await readFrom(sources[source]!, this.ascending(indices), result, signal)
    }
    return result
  }

  /** By offset; sorting numbers is several times faster than comparing. */
  private *ascending(indices: readonly number[]): Generator<Wanted> {
    const keys = new BigUint64Array(indices.length)
    // little-endian halves of offset << INDEX_BITS | index
    const halves = new Uint32Array(keys.buffer)
    for (const [i, index] of indices.entries()) {
      const offset = this.offsets[index]!
      halves[2 * i] = ((offset % 4096) << INDEX_BITS) | index
      halves[2 * i + 1] = Math.floor(offset / 4096)
    }
    keys.sort()
    for (let i = 0; i < keys.length; i++) {
      const index = halves[2 * i]! & ((1 << INDEX_BITS) - 1)
      yield { offset: this.offsets[index]!, length: this.lengths[index]!, at: this.starts[index]! }
    }
  }
}

/** A range of a file, and where in the result it goes. */
interface Wanted {
  readonly offset: number
  readonly length: number
  readonly at: number
}

async function readFrom(file: string, wanted: Iterable<Wanted>, result: Uint8Array, signal: AbortSignal) {
  const source = await openSource(file, signal)
  await source.close()
  if (source.compression === 'none') return readPlain(file, wanted, result, signal)
  const ranges = await openRanges(file, signal)
  try {
    for (const { offset, length, at } of wanted) {
      let to = at
      await ranges.copy(offset, offset + length, async (bytes) => {
        result.set(bytes, to)
        to += bytes.length
      })
    }
  } finally {
    await ranges.close()
  }
}

function readPlain(file: string, wanted: Iterable<Wanted>, result: Uint8Array, signal: AbortSignal): void {
  const window = new Uint8Array(WINDOW_BYTES)
  let start = 0
  let end = 0
  let fd: number | undefined
  try {
    fd = openSync(file, 'r')
    let done = 0
    for (const { offset, length, at } of wanted) {
      if (done++ % ABORT_CHECK === 0 && signal.aborted) throw interrupted()
      if (offset + length > end) {
        if (length > WINDOW_BYTES) {
          if (readSync(fd, result, at, length, offset) !== length) throw changed(file, offset)
          continue
        }
        start = offset
        end = start + readSync(fd, window, 0, WINDOW_BYTES, start)
        if (offset + length > end) throw changed(file, offset)
      }
      result.set(window.subarray(offset - start, offset - start + length), at)
    }
  } catch (error) {
    throw fileError(error, file)
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

function changed(file: string, offset: number): ZkopsError {
  return new ZkopsError('stopped.input-changed', `${file} is shorter than it was when it was read`, {
    file,
    offset,
    hint: 'Nothing was written. Run the command again.',
  })
}
