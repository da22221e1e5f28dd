/* Where to connect: names looked up here, and whether anybody listens at all. */
import { lookup } from 'node:dns/promises'
import { connect as connectSocket, isIP } from 'node:net'
import { systemErrorCode, ZkopsError } from '../../support/errors.ts'

export interface Place {
  readonly host: string
  readonly port: number
}

/** Of `host:port,…`. Throws `usage`. */
export function placesOf(connect: string): readonly Place[] {
  return connect.split(',').map((member) => {
    const match = /^\[?([^\]]+)\]?:(\d+)$/.exec(member.trim())
    if (match === null) throw new ZkopsError('usage', `${member} is no host:port`)
    return { host: match[1]!, port: Number(match[2]) }
  })
}

/** Every name replaced by its addresses. Throws `server.unresolvable` when none of them resolves. */
export async function resolvePlaces(places: readonly Place[]): Promise<readonly Place[]> {
  const found = await Promise.allSettled(places.map(addressesOf))
  const resolved = found.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
  if (resolved.length > 0) return resolved
  throw (found[0] as PromiseRejectedResult).reason
}

async function addressesOf({ host, port }: Place): Promise<readonly Place[]> {
  if (isIP(host) !== 0) return [{ host, port }]
  try {
    const addresses = await lookup(host, { all: true })
    return addresses.map(({ address }) => ({ host: address, port }))
  } catch (error) {
    throw new ZkopsError('server.unresolvable', `${host} does not resolve (${systemErrorCode(error) ?? error})`, {
      cause: error,
    })
  }
}

export function placeText({ host, port }: Place): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Undefined as soon as one of the places takes connections; the reason why none of them does otherwise. */
export async function reachable(places: readonly Place[], timeoutMs: number): Promise<string | undefined> {
  const sockets = places.map(({ host, port }) => connectSocket({ host, port, timeout: timeoutMs }))
  const attempts = sockets.map(
    (socket) =>
      new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve)
        socket.once('timeout', () => reject(new Error('no answer')))
        socket.on('error', reject)
      }),
  )
  try {
    await Promise.any(attempts)
    return undefined
  } catch (error) {
    const [first] = (error as AggregateError).errors as readonly Error[]
    return systemErrorCode(first) ?? first?.message ?? 'no answer'
  } finally {
    for (const socket of sockets) socket.destroy()
  }
}
