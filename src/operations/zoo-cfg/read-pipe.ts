import { createReadStream, statSync } from 'node:fs'
import { ZkopsError } from '../../support/errors.ts'

const MOST = 16 * 1024 * 1024

/**
 * The whole of standard input (`-`) or of a pipe (`<(…)` of a shell); undefined for anything else, which is read where
 * it lies. Throws `input.too-long` before memory fills.
 */
export async function readPipe(place: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
  if (place !== '-' && !isPipe(place)) return undefined
  const stream = place === '-' ? process.stdin : createReadStream(place, { signal })
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    signal.throwIfAborted()
    bytes += chunk.length
    if (bytes > MOST) throw new ZkopsError('input.too-long', `${place} is longer than 16 MiB: no configuration`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function isPipe(place: string): boolean {
  try {
    return statSync(place).isFIFO()
  } catch {
    return false
  }
}
