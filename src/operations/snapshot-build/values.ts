/*
 * Values of many znodes at once. They lie anywhere in the snapshot and the logs, so each file is read in ascending order,
 * in windows where values lie close together: one small read for each would take most of the time.
 */
import { closeSync, openSync, readSync } from 'node:fs'
import { openSource } from '../../datadir/byte-source.ts'
import { openRanges } from '../../datadir/range-reader.ts'
import { fileError, interrupted, ZkopsError } from '../../support/errors.ts'
import type { ValuePlace } from '../../tree/kernel/tree-kernel.ts'

/** What fits the lower part of a sort key. */
export const MOST_VALUES = 1 << 20
const WINDOW_BYTES = 64 << 10
const ABORT_CHECK = 1 << 12

/** A place, and where in the result its value begins. */
interface Wanted extends ValuePlace {
  readonly at: number
}

/** Values that are wanted, in the order of the result. */
export class ValueList {
  /** Bytes of all values. */
  bytes = 0
  private readonly bySource = new Map<number, Wanted[]>()
  private count = 0

  /** False when the list is full. */
  add({ length, source, offset }: ValuePlace, mostBytes: number): boolean {
    if (this.count === MOST_VALUES || (this.bytes > 0 && this.bytes + Math.max(0, length) > mostBytes)) return false
    this.count++
    if (length <= 0) return true
    const wanted = this.bySource.get(source)
    const one = { length, source, offset, at: this.bytes }
    if (wanted === undefined) this.bySource.set(source, [one])
    else wanted.push(one)
    this.bytes += length
    return true
  }

  /** All values, one behind the other. Throws `input.*`, `stopped.input-changed`. */
  async read(sources: readonly string[], signal: AbortSignal): Promise<Uint8Array> {
    const result = new Uint8Array(this.bytes)
    for (const [source, wanted] of [...this.bySource].sort(([a], [b]) => a - b)) {
      await readFrom(sources[source]!, ascending(wanted), result, signal)
    }
    return result
  }
}

/** By offset; sorting numbers is several times faster than sorting objects. */
function ascending(wanted: readonly Wanted[]): readonly Wanted[] {
  const keys = new BigUint64Array(wanted.length)
  // little-endian halves of offset << 20 | index
  const halves = new Uint32Array(keys.buffer)
  for (const [i, { offset }] of wanted.entries()) {
    halves[2 * i] = (((offset % 4096) << 20) | i) >>> 0
    halves[2 * i + 1] = Math.floor(offset / 4096)
  }
  keys.sort()
  return Array.from(wanted, (_, i) => wanted[halves[2 * i]! & (MOST_VALUES - 1)]!)
}

async function readFrom(file: string, wanted: readonly Wanted[], result: Uint8Array, signal: AbortSignal) {
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

function readPlain(file: string, wanted: readonly Wanted[], result: Uint8Array, signal: AbortSignal): void {
  const window = new Uint8Array(WINDOW_BYTES)
  let start = 0
  let end = 0
  let fd: number | undefined
  try {
    fd = openSync(file, 'r')
    for (const [i, { offset, length, at }] of wanted.entries()) {
      if (i % ABORT_CHECK === 0 && signal.aborted) throw interrupted()
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
