import type { Compression } from '../../datadir/byte-source.ts'

/** Pieces of a snapshot as a server's stream of that compression has them. */
export async function* packed(pieces: AsyncIterable<Uint8Array>, compression: Compression): AsyncGenerator<Uint8Array> {
  // loaded when asked for
  if (compression === 'none') yield* pieces
  else if (compression === 'gzip') {
    const [{ Readable }, { createGzip }] = await Promise.all([import('node:stream'), import('node:zlib')])
    const gzip = createGzip()
    const source = Readable.from(pieces, { objectMode: false })
    source.on('error', (error) => gzip.destroy(error))
    yield* source.pipe(gzip) as AsyncIterable<Uint8Array>
  } else {
    const { snappyEncoder } = await import('../../formats/compression/snappy-encode.ts')
    const encoder = snappyEncoder()
    for await (const piece of pieces) yield* encoder.push(piece)
    yield* encoder.end()
  }
}

/** How servers name a file of each compression. */
export const SUFFIX: Readonly<Record<Compression, string>> = { none: '', gzip: '.gz', snappy: '.snappy' }
