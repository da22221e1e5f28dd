/*
 * One question and the whole answer, over TCP or TLS: what is sent first, then everything until the peer closes, within
 * bounds of size and time. Peers may be anything: silent, endless, garbage.
 */
import { setMaxListeners } from 'node:events'
import { connect, type Socket } from 'node:net'
import { interrupted, systemErrorCode, ZkopsError } from '../support/errors.ts'

const MAX_ANSWER_BYTES = 16 << 20

/** Contents, not paths. */
export interface TlsMaterial {
  readonly ca?: string | Buffer | undefined
  readonly cert?: string | Buffer | undefined
  readonly key?: string | Buffer | undefined
  /** The name that the certificate must be for, when not the host. */
  readonly servername?: string | undefined
}

export interface Place {
  readonly host: string
  readonly port: number
  /** Null or absent: plain. */
  readonly tls?: TlsMaterial | null | undefined
}

export interface AskOptions {
  /** For the whole exchange. */
  readonly timeoutMs: number
  /** A peer that sends more is cut off; far above any honest answer by default. */
  readonly maxBytes?: number | undefined
  /** Told when the connection is there: by which port of ours a server knows it. */
  readonly onLocalPort?: ((port: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** `host:port`, with brackets where they are needed. */
export function placeText({ host, port }: Pick<Place, 'host' | 'port'>): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`
}

/**
 * Sends `question` and reads until the peer closes. `what` names the question in errors.
 * Throws `server.refused`, `server.tls`, `server.timeout` or `server.answer`, naming host and port.
 */
export async function exchange(place: Place, question: string, what: string, options: AskOptions): Promise<Buffer> {
  const where = placeText(place)
  if (options.signal?.aborted) throw interrupted()
  const socket = await openSocket(place)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const fail = (error: ZkopsError) => {
      socket.destroy()
      reject(error)
    }
    const deadline = setTimeout(
      () => fail(new ZkopsError('server.timeout', `${where} did not answer ${what} within ${options.timeoutMs} ms`)),
      options.timeoutMs,
    )
    const abort = () => fail(interrupted())
    onAbort(options.signal, abort)
    socket.on(place.tls == null ? 'connect' : 'secureConnect', () => {
      options.onLocalPort?.(socket.localPort!)
      socket.write(question)
    })
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size > (options.maxBytes ?? MAX_ANSWER_BYTES))
        fail(new ZkopsError('server.answer', `${where} does not stop answering ${what}`))
    })
    socket.on('error', (error) => {
      const code = systemErrorCode(error)
      // a server that answers and closes at once may reset the connection
      if (code === 'ECONNRESET' && size > 0) return
      const kind = place.tls != null && !SYSTEM_CODE.test(code ?? '') ? 'server.tls' : 'server.refused'
      fail(new ZkopsError(kind, `${where} cannot be asked: ${code ?? error.message}`, { cause: error }))
    })
    socket.on('close', () => {
      clearTimeout(deadline)
      options.signal?.removeEventListener('abort', abort)
      resolve(Buffer.concat(chunks))
    })
  })
}

/** All members' questions wait for one signal: many listeners are no leak. */
export function onAbort(signal: AbortSignal | undefined, abort: () => void): void {
  if (signal === undefined) return
  setMaxListeners(0, signal)
  signal.addEventListener('abort', abort)
}

/** Errors of the network; everything else that a TLS socket reports is about certificates or the handshake. */
const SYSTEM_CODE = /^(ECONN(REFUSED|ABORTED)|EHOST\w+|ENET\w+|ETIMEDOUT|EAI_\w+|ENOTFOUND|EADDR\w+)$/

async function openSocket({ host: written, port, tls }: Place): Promise<Socket> {
  const host = written.replace(/^\[|\]$/g, '')
  if (tls == null) return connect({ host, port })
  const { connect: secure } = await import('node:tls')
  const { isIP } = await import('node:net')
  const { ca, cert, key, servername } = tls
  // an address may not be sent as a server name; the certificate is checked against the host then
  const name = servername ?? (isIP(host) === 0 ? host : undefined)
  return secure({ host, port, ca, cert, key, ...(name === undefined ? {} : { servername: name }) })
}
