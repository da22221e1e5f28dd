/* Connections put together by the address that they come from. */
import type { Connection } from '../../../cluster/observe/connections.ts'

export interface TopClient {
  readonly address: string
  readonly connections: number
  /** Those it is connected to, by their names in findings. */
  readonly members: readonly string[]
  readonly queued: number
  /** Of connections that were there before, too; null when there is none. */
  readonly requestsPerS: number | null
}

export interface MemberConnections {
  readonly member: string
  readonly atMs: number
  readonly connections: readonly Pick<Connection, 'address' | 'port' | 'queued' | 'received'>[]
}

/** Most connections first. */
export function clientsOf(
  before: readonly MemberConnections[],
  now: readonly MemberConnections[],
): readonly TopClient[] {
  const earlier = new Map(before.map(({ member, ...rest }) => [member, rest]))
  const clients = new Map<string, { connections: number; members: Set<string>; queued: number; rate: number | null }>()
  for (const { member, atMs, connections } of now) {
    const then = earlier.get(member)
    const received = new Map(then?.connections.map((one) => [`${one.address} ${one.port}`, one.received]))
    const seconds = (atMs - (then?.atMs ?? atMs)) / 1000
    for (const { address, port, queued, received: count } of connections) {
      const client = clients.get(address) ?? { connections: 0, members: new Set<string>(), queued: 0, rate: null }
      clients.set(address, client)
      client.connections++
      client.queued += queued
      client.members.add(member)
      const was = received.get(`${address} ${port}`)
      if (was !== undefined && count >= was && seconds > 0) client.rate = (client.rate ?? 0) + (count - was) / seconds
    }
  }
  return [...clients]
    .map(([address, { connections, members, queued, rate }]) => ({
      ...{ address, connections, members: [...members].sort(), queued, requestsPerS: rate },
    }))
    .sort((a, b) => b.connections - a.connections || (a.address < b.address ? -1 : 1))
}
