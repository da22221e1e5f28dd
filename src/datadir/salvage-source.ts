/*
 * A damaged file as far as it can be read: plain, or unpacked up to the damage (gzip) and behind it (snappy, whose blocks
 * stand for themselves). Reading it again gives the same bytes. Memory is flat however much a small file unpacks to.
 */
import { gunzip } from '../formats/compression/gunzip.ts'
import { type PackedLoss, snappySalvage } from '../formats/compression/snappy-salvage.ts'
import { FormatError } from '../formats/errors.ts'
import { SNAPSHOT_MAGIC } from '../formats/snapshot/header.ts'
import { ZkopsError } from '../support/errors.ts'
import { type ByteSource, type Compression, fromPieces, openAt, openSource } from './byte-source.ts'

export interface PackedDamage extends PackedLoss {
  readonly why: string
}

export interface SalvageSource {
  readonly compression: Compression
  readonly sizeBytes: number | undefined
  /** Offsets behind which something is missing; they come while it is read. */
  readonly breaks: readonly number[]
  /** What cannot be unpacked, in the packed file; it comes while it is read. */
  readonly damages: readonly PackedDamage[]
  /** Fills the front of `into`; 0 at the end. Throws `input.unreadable`. */
  read(into: Uint8Array): Promise<number>
  /** Any bytes of a plain file, fewer at its end; undefined for what is unpacked. Throws `input.unreadable`. */
  readonly readAt?: ByteSource['readAt']
  close(): Promise<void>
}

type Read = SalvageSource['read']

interface Damages {
  readonly breaks: number[]
  readonly damages: PackedDamage[]
}

const PIECE = 1 << 20
/** Every snapshot. */
const BEGINS = Buffer.from('ZKSN')
/** As servers write it; there is nothing in it that matters. */
const GZIP_HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0)

/** `named`: what the name says that it is, for a file whose first bytes are damaged. Throws `input.*` of the file. */
export async function openSalvage(
  file: string,
  named: Compression | null,
  signal: AbortSignal,
): Promise<SalvageSource> {
  const source = await openSource(file, signal)
  const { sizeBytes } = source
  const found: Damages = { breaks: [], damages: [] }
  const known = { ...found, sizeBytes }
  const magic = source.compression !== 'none'
  if (!magic && (named === null || named === 'none' || (await isSnapshot(source.read)))) {
    await source.close()
    const again = await openSource(file, signal)
    return { ...known, compression: 'none', read: again.read, readAt: again.readAt, close: () => again.close() }
  }
  const compression = magic ? source.compression : named!
  if (magic && compression === 'gzip') {
    const read = upToDamage(source.read, found, sizeBytes ?? 0)
    return { ...known, compression, read, close: () => source.close() }
  }
  await source.close()
  const packed = await openAt(file, 0, signal)
  const pieces = raw(packed.read)
  const unpacked = compression === 'gzip' ? withoutHeader(pieces) : unsnapped(pieces, found)
  const read = fromPieces(unpacked)
  const reading = compression === 'gzip' ? upToDamage(read, found, sizeBytes ?? 0) : read
  return { ...known, compression, read: reading, close: () => packed.close() }
}

async function isSnapshot(read: Read): Promise<boolean> {
  const first = new Uint8Array(4)
  for (let filled = 0, count = 1; count > 0 && filled < 4; filled += count) count = await read(first.subarray(filled))
  return new DataView(first.buffer).getInt32(0) === SNAPSHOT_MAGIC
}

function upToDamage(read: Read, { damages }: Damages, size: number): Read {
  return async (into) => {
    if (damages.length > 0) return 0
    try {
      return await read(into)
    } catch (error) {
      const cause = error instanceof ZkopsError && error.code === 'input.compression' ? error.cause : error
      if (!(cause instanceof Error) || (cause === error && !(error instanceof FormatError))) throw error
      const at = cause instanceof FormatError ? Math.min(cause.offset, size) : size
      damages.push({ from: at, to: size, why: cause.message })
      return 0
    }
  }
}

async function* raw(read: Read): AsyncGenerator<Uint8Array> {
  for (;;) {
    const piece = new Uint8Array(PIECE)
    const count = await read(piece)
    if (count === 0) return
    yield piece.subarray(0, count)
  }
}

async function* withoutHeader(pieces: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const unpacking = gunzip()
  let first = true
  for (let step = unpacking.next(null); !step.done; ) {
    if (step.value !== null) {
      yield step.value
      step = unpacking.next(null)
      continue
    }
    const piece: Uint8Array | undefined = (await pieces.next()).value
    if (first) piece?.set(GZIP_HEADER.subarray(0, piece.length))
    first = false
    step = unpacking.next(piece ?? null)
  }
}

async function* unsnapped(
  pieces: AsyncGenerator<Uint8Array>,
  { breaks, damages }: Damages,
): AsyncGenerator<Uint8Array> {
  const salvage = snappySalvage(BEGINS)
  let offset = 0
  const hand = function* (parts: ReturnType<typeof salvage.end>): Generator<Uint8Array> {
    for (const part of parts) {
      if (part.kind === 'lost') {
        breaks.push(offset)
        damages.push({ from: part.from, to: part.to, why: 'its blocks are damaged' })
      } else {
        offset += part.bytes.length
        yield part.bytes
      }
    }
  }
  for await (const piece of pieces) yield* hand(salvage.push(piece))
  yield* hand(salvage.end())
}
