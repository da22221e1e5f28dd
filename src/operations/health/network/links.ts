/*
 * Which ports are tried from where.
 *
 *   client     from everywhere
 *   election   between voters both ways (the server of the higher id keeps the connection that it has made itself, so each
 *              has to reach each), between observers and voters both ways; observers do not need each other
 *   quorum     of every voter from every other member: only the leader listens, but each of them may lead
 */
import { isIP } from 'node:net'
import type { Link, NetworkMember } from './model.ts'

export function linksFrom(from: string, members: readonly NetworkMember[]): readonly Link[] {
  const self = members.find(({ name }) => name === from)
  return members
    .filter(({ name }) => name !== from)
    .flatMap((to): Link[] => {
      const link = (port: Link['port'], host: string, number: number): Link => ({
        from,
        to: to.name,
        port,
        host,
        number,
      })
      const client = to.client === null ? [] : [link('client', to.client.host, to.client.port)]
      const observers = self?.role === 'observer' && to.role === 'observer'
      return [
        ...client,
        ...to.peers.flatMap(({ host, quorumPort, electionPort }) => [
          ...(to.role === 'observer' ? [] : [link('quorum', host, quorumPort)]),
          ...(observers || electionPort === null ? [] : [link('election', host, electionPort)]),
        ]),
      ]
    })
}

/** Names, not addresses, that links go to. */
export function namesIn(members: readonly NetworkMember[]): readonly string[] {
  const hosts = members.flatMap(({ client, peers }) => [
    ...(client === null ? [] : [client.host]),
    ...peers.map(({ host }) => host),
  ])
  return [...new Set(hosts)].filter((host) => isIP(host.replace(/^\[|\]$/g, '')) === 0).sort()
}
