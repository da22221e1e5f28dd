import { openAt, openSource } from '../../datadir/byte-source.ts'
import { openRanges } from '../../datadir/range-reader.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { ValuePlace } from '../../tree/kernel/tree-kernel.ts'

/** The bytes of one value, from the file it lies in; null for null. Throws `input.*`. */
export async function readValue(
  sources: readonly string[],
  place: ValuePlace,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  if (place.length < 0) return null
  const file = sources[place.source]!
  if (place.length === 0) return new Uint8Array()
  if (file === '-' || (await compressed(file))) {
    let found: Uint8Array | null = null
    for await (const { bytes } of readValues(sources, [place], signal)) found = bytes
    return found
  }
  const value = new Uint8Array(place.length)
  const reader = await openAt(file, place.offset, signal)
  try {
    for (let at = 0; at < value.length; ) {
      const count = await reader.read(value.subarray(at))
      if (count === 0) throw changed(file, place.offset + at)
      at += count
    }
  } finally {
    await reader.close()
  }
  return value
}

async function compressed(file: string): Promise<boolean> {
  const source = await openSource(file)
  await source.close()
  return source.compression !== 'none'
}

/**
 * The bytes of many values, each with its index in `places`, in the order in which they lie in their files: every file
 * is read once from its front. Null values come first.
 */
export async function* readValues(
  sources: readonly string[],
  places: readonly ValuePlace[],
  signal: AbortSignal,
): AsyncGenerator<{ readonly index: number; readonly bytes: Uint8Array | null }> {
  const order = Uint32Array.from(places.keys()).sort(
    (a, b) => places[a]!.source - places[b]!.source || places[a]!.offset - places[b]!.offset,
  )
  let open: { readonly source: number; readonly ranges: Awaited<ReturnType<typeof openRanges>> } | undefined
  try {
    for (const index of order) {
      const { source, offset, length } = places[index]!
      if (length <= 0) {
        yield { index, bytes: length < 0 ? null : new Uint8Array() }
        continue
      }
      if (open?.source !== source) {
        await open?.ranges.close()
        open = undefined
        open = { source, ranges: await openRanges(sources[source]!, signal) }
      }
      const bytes = new Uint8Array(length)
      let at = 0
      await open.ranges.copy(offset, offset + length, async (piece) => {
        bytes.set(piece, at)
        at += piece.length
      })
      yield { index, bytes }
    }
  } finally {
    await open?.ranges.close()
  }
}

function changed(file: string, offset: number): ZkopsError {
  return new ZkopsError('input.changed', `${file} became shorter while it was read: byte ${offset} is gone`, {
    file,
    offset,
    hint: 'Run it again, or on a copy.',
  })
}
