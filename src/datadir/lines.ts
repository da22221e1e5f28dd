import { openSource } from './byte-source.ts'

const PIECE = 1 << 20
/** What is longer is no line of text; its beginning is kept. */
const LONGEST = 1 << 20

/** The lines of a text file, gzip unpacked, without their ends. Throws `input.*`. */
export async function* readLines(file: string, signal: AbortSignal): AsyncGenerator<string> {
  const source = await openSource(file, signal)
  const decoder = new TextDecoder()
  const piece = new Uint8Array(PIECE)
  let rest = ''
  try {
    for (;;) {
      const count = await source.read(piece)
      const lines = (rest + decoder.decode(piece.subarray(0, count), { stream: count > 0 })).split('\n')
      rest = lines.pop()!
      yield* lines
      if (count === 0) break
      rest = rest.slice(0, LONGEST)
    }
    if (rest !== '') yield rest
  } finally {
    await source.close()
  }
}
