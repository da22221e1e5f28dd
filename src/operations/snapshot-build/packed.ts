import type { Writable } from 'node:stream'
import { type Compression, released } from '../../datadir/byte-source.ts'

const PIECE = 256 << 10

/** Pieces of a snapshot as a server's stream of that compression has them; each is of use until the next is asked for. */
export async function* packed(pieces: AsyncIterable<Uint8Array>, compression: Compression): AsyncGenerator<Uint8Array> {
  // loaded when asked for
  if (compression === 'none') yield* pieces
  else if (compression === 'gzip') {
    const { createGzip } = await import('node:zlib')
    const gzip = createGzip({ chunkSize: PIECE })
    feed(gzip, pieces).catch((error) => gzip.destroy(error))
    yield* released(gzip)
  } else {
    const { snappyEncoder } = await import('../../formats/compression/snappy-encode.ts')
    const encoder = snappyEncoder()
    for await (const piece of pieces) yield* encoder.push(piece)
    yield* encoder.end()
  }
}

/** The next piece is asked for when one is packed. */
async function feed(packing: Writable, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const piece of pieces) {
    await new Promise<void>((resolve, reject) => {
      packing.write(piece, (error) => (error ? reject(error) : resolve()))
    })
  }
  packing.end()
}

/** How servers name a file of each compression. */
export const SUFFIX: Readonly<Record<Compression, string>> = { none: '', gzip: '.gz', snappy: '.snappy' }
