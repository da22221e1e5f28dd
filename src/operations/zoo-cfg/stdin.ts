import { ZkopsError } from '../../support/errors.ts'

const MOST = 16 * 1024 * 1024

/** A configuration from standard input. Throws `input.too-long` before memory fills. */
export async function readStdin(signal: AbortSignal): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    signal.throwIfAborted()
    bytes += chunk.length
    if (bytes > MOST) throw new ZkopsError('input.too-long', 'standard input is longer than 16 MiB: no configuration')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
