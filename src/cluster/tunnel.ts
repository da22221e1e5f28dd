/*
 * TLS for the native client, which speaks none: a listener on loopback for every server, each connection carried on over
 * TLS.
 *
 *   1. Only connections of this user are taken (Linux: the owner of the peer's port in /proc/net/tcp), because whoever
 *      connects borrows our certificate. Elsewhere that cannot be told, and any local user could while we run.
 *   2. The server's certificate is verified against the name that was asked for, TLS 1.2 at least.
 *   3. Either end's failure ends both; listeners keep no process alive.
 *   4. The tunnel ends sessions itself when it is closed: the client's close() blocks this thread until the server has
 *      answered, which it could not through us (it gives up after 1.5 s).
 */
import { readFile } from 'node:fs/promises'
import { createServer, isIP, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemErrorCode, ZkopsError } from '../support/errors.ts'
import { type Place, placeText, type TlsMaterial } from './exchange.ts'

export interface Tunnel {
  /** Loopback addresses in the order of the servers. */
  readonly places: readonly { readonly host: string; readonly port: number }[]
  /** Settles when no server is left that could be spoken to: each has failed with certificates or the handshake. */
  readonly refused: Promise<ZkopsError>
  /** Ends the sessions that go through it. */
  close(): Promise<void>
}

const LOOPBACK = '127.0.0.1'
/** For the server to end a session. */
const CLOSE_MS = 1000
/** length:int xid:int type:int, closeSession. */
const CLOSE_SESSION = Buffer.from([0, 0, 0, 8, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xf5])

/** Throws `input.tls` for keys and certificates that are none. */
export async function openTunnel(servers: readonly Place[], tls: TlsMaterial): Promise<Tunnel> {
  await checkMaterial(tls)
  const carried = new Set<Promise<void>>()
  const pairs = new Map<Socket, Socket>()
  const failed = new Map<Place, ZkopsError>()
  let refuse: (error: ZkopsError) => void = () => {}
  const refused = new Promise<ZkopsError>((resolve) => {
    refuse = resolve
  })
  const onFailure = (server: Place, error: ZkopsError) => {
    failed.set(server, error)
    if (servers.every((one) => failed.has(one))) refuse(error)
  }
  const listeners = await Promise.all(
    servers.map((server) =>
      listen((socket) => {
        const done = carry(socket, server, tls, pairs, onFailure)
          .catch(() => {})
          .finally(() => {
            socket.destroy()
            pairs.delete(socket)
            carried.delete(done)
          })
        carried.add(done)
      }),
    ),
  )
  return {
    places: listeners.map((listener) => ({ host: LOOPBACK, port: (listener.address() as { port: number }).port })),
    refused,
    async close() {
      for (const listener of listeners) listener.close()
      for (const [near, far] of pairs) {
        // an answer to what it did not ask ends the client, and this process with it
        far.unpipe(near)
        far.resume()
        far.write(CLOSE_SESSION)
      }
      await Promise.race([Promise.all(carried), sleep(CLOSE_MS, undefined, { ref: false })])
      for (const pair of pairs) for (const socket of pair) socket.destroy()
    },
  }
}

function listen(onConnection: (socket: Socket) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(onConnection)
    server.on('error', reject)
    server.listen(0, LOOPBACK, () => resolve(server))
    server.unref()
  })
}

/** Settles when both ends are closed. */
async function carry(
  near: Socket,
  server: Place,
  { ca, cert, key, servername }: TlsMaterial,
  pairs: Map<Socket, Socket>,
  onFailure: (server: Place, error: ZkopsError) => void,
): Promise<void> {
  near.on('error', () => near.destroy())
  near.pause()
  if (!(await isOurs(near))) return
  const { connect } = await import('node:tls')
  const name = servername ?? (isIP(server.host) === 0 ? server.host : undefined)
  const far = connect({
    ...{ host: server.host, port: server.port, ca, cert, key, minVersion: 'TLSv1.2' },
    ...(name === undefined ? {} : { servername: name }),
  })
  // with TLS 1.3 a certificate of ours is refused only behind our side's handshake
  let answered = false
  far.once('data', () => {
    answered = true
  })
  far.on('secureConnect', () => {
    pairs.set(near, far)
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => {
    far.on('error', (error) => {
      if (!answered) onFailure(server, tlsError(server, error))
    })
    far.on('close', resolve)
    near.on('close', () => (far.connecting ? far.destroy() : far.end()))
  })
}

/** A refused connection is not TLS's business: the client tries again. */
function tlsError(server: Place, error: Error): ZkopsError {
  const code = systemErrorCode(error)
  const network = code !== undefined && /^E(CONN|HOST|NET|TIMEDOUT|AI_|NOTFOUND|ADDR)/.test(code)
  if (network && code !== 'ECONNRESET') {
    return new ZkopsError('server.refused', `${placeText(server)} cannot be reached: ${code}`, { cause: error })
  }
  const words = code === 'ECONNRESET' ? 'the server ended the handshake' : error.message
  return new ZkopsError('server.tls', `TLS with ${placeText(server)} failed: ${words}`, {
    cause: error,
    hint: 'Is it the secure client port, does --tls-ca hold its authority, is the certificate for this name (--tls-servername), and does it want a certificate of ours (--tls-cert, --tls-key)?',
  })
}

async function checkMaterial(tls: TlsMaterial): Promise<void> {
  const { createSecureContext } = await import('node:tls')
  try {
    createSecureContext(tls)
  } catch (error) {
    throw new ZkopsError('input.tls', `The files for TLS cannot be used: ${(error as Error).message}`, {
      cause: error,
      hint: 'PEM is needed. From a Java key store: keytool -importkeystore -deststoretype PKCS12, then openssl pkcs12 -nodes.',
    })
  }
}

/** Whether the peer of a loopback connection is a process of this user. */
async function isOurs({ remotePort, localPort }: Socket): Promise<boolean> {
  if (process.platform !== 'linux') return true
  const hex = (port: number | undefined) => (port ?? 0).toString(16).toUpperCase().padStart(4, '0')
  const [local, remote] = [`0100007F:${hex(remotePort)}`, `0100007F:${hex(localPort)}`]
  const table = await readFile('/proc/net/tcp', 'utf8')
  const fields = table.split('\n').map((line) => line.trim().split(/\s+/))
  const row = fields.find((field) => field[1] === local && field[2] === remote)
  return row !== undefined && Number(row[7]) === process.getuid!()
}
