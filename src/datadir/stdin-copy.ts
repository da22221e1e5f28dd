import { rmSync } from 'node:fs'
import { mkdtemp, open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileError } from '../support/errors.ts'
import { openSource, readStdinFrom } from './byte-source.ts'

const PIECE = 1 << 20

/**
 * For what is read more than once: where `-` is among the places, standard input is copied (unpacked) into a temporary
 * file, which is read in its place from then on and goes with the process.
 */
export async function keepStdin(places: readonly string[], signal: AbortSignal): Promise<void> {
  if (!places.includes('-')) return
  const folder = await mkdtemp(join(tmpdir(), 'zkops-stdin-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'stdin')
  const source = await openSource('-', signal)
  try {
    const copy = await open(file, 'wx', 0o600)
    try {
      const piece = new Uint8Array(PIECE)
      for (let count = await source.read(piece); count > 0; count = await source.read(piece)) {
        for (let at = 0; at < count; ) at += (await copy.write(piece, at, count - at)).bytesWritten
      }
    } finally {
      await copy.close()
    }
  } catch (error) {
    throw fileError(error, file)
  } finally {
    await source.close()
  }
  readStdinFrom(file)
}
