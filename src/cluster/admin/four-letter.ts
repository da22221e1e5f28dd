import { connect } from 'node:net'
import { systemErrorCode, ZkopsError } from '../../support/errors.ts'

/** Far above any honest answer of the words that we ask; a peer that never stops sending is cut off. */
const MAX_ANSWER_BYTES = 16 << 20

export interface AskOptions {
  /** For the whole exchange. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Sends a four-letter word and reads the whole answer, until the server closes.
 * Throws `server.refused`, `server.timeout` or `server.answer`, naming host and port.
 */
export function fourLetterWord(host: string, port: number, word: string, options: AskOptions): Promise<string> {
  const where = `${host}:${port}`
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const socket = connect({ host, port })
    const fail = (error: ZkopsError) => {
      socket.destroy()
      reject(error)
    }
    const deadline = setTimeout(
      () => fail(new ZkopsError('server.timeout', `${where} did not answer ${word} within ${options.timeoutMs} ms`)),
      options.timeoutMs,
    )
    const abort = () => fail(new ZkopsError('interrupted', 'Interrupted.'))
    options.signal?.addEventListener('abort', abort)
    socket.on('connect', () => socket.write(word))
    socket.on('data', (chunk) => {
      chunks.push(chunk)
      size += chunk.length
      if (size > MAX_ANSWER_BYTES) fail(new ZkopsError('server.answer', `${where} does not stop answering ${word}`))
    })
    socket.on('error', (error) => {
      const code = systemErrorCode(error)
      // a server that answers and closes at once may reset the connection
      if (code === 'ECONNRESET' && size > 0) return
      fail(new ZkopsError('server.refused', `${where} cannot be asked: ${code ?? error.message}`, { cause: error }))
    })
    socket.on('close', () => {
      clearTimeout(deadline)
      options.signal?.removeEventListener('abort', abort)
      resolve(Buffer.concat(chunks).toString())
    })
  })
}
