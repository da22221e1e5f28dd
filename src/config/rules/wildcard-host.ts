import { hostKind } from '../topology.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-S10',
    code: 'config.wildcard-host',
    level: 'HIGH',
    summary: 'A server line names a host that other machines cannot reach.',
    cause:
      'A wildcard, loopback or localhost stands where the others need an address: they are told it, and with reconfiguration it is passed on to all.',
    evidence: 'The host.',
    remedy: 'Write the address that the other members use. To listen everywhere use quorumListenOnAllIPs=true.',
    source: 'QuorumCnxManager; ZOOKEEPER-2164',
  },
  function* (member) {
    const servers = [...member.ensemble.servers.values()]
    const hosts = servers.flatMap(({ addresses }) => addresses.map(({ host }) => host))
    // all on one machine: a rehearsal, not a mistake
    const local = hosts.every((host) => hostKind(host) === 'loopback')
    if (servers.length < 2 || local) return
    for (const { id, addresses, setting } of servers) {
      for (const { host } of addresses) {
        const kind = hostKind(host)
        if (kind !== 'other')
          yield {
            setting,
            message: `server.${id} has the ${kind} address ${host === '' ? 'of an empty host' : host}`,
            evidence: { id: String(id), host },
          }
      }
    }
  },
)
