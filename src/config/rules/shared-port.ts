import { type Member, memberId, settingOf } from '../member.ts'
import { filesRule } from './rule.ts'

const placeOf = ({ host, port }: { host: string; port: number }) => `${host.toLowerCase()}:${port}`

/** Ports that the server lines of one file give to two servers of one host. */
function* clashes({ ensemble }: Member) {
  const taken = new Map<string, bigint>()
  for (const { id, addresses, client, setting } of ensemble.servers.values()) {
    const ports = addresses.flatMap(({ host, quorumPort, electionPort }) => [
      { host, port: quorumPort },
      ...(electionPort === null ? [] : [{ host, port: electionPort }]),
      ...(client === null ? [] : [{ host, port: client.port }]),
    ])
    // several addresses may be the same twice over
    const places = addresses.length > 1 ? new Set(ports.map(placeOf)) : ports.map(placeOf)
    for (const place of places) {
      const other = taken.get(place)
      taken.set(place, id)
      if (other === undefined || place.endsWith(':0')) continue
      yield {
        setting,
        message: other === id ? `server.${id} uses ${place} twice` : `server.${other} and server.${id} share ${place}`,
        evidence: { place, ids: [String(other), String(id)] },
      }
    }
  }
}

export const rule = filesRule(
  {
    id: 'L-S17',
    code: 'config.shared-port',
    level: 'ERROR',
    summary: 'Two members on one host share a port or a directory.',
    cause: 'A copied line or file. The second one cannot bind, or both write into the same directory.',
    evidence: 'Who shares what.',
    remedy: 'Give each a port and directories of its own.',
    source: 'QuorumCnxManager, NIOServerCnxnFactory',
  },
  function* ({ members }) {
    const seen = new Set<string>()
    for (const member of members) {
      for (const { setting, message, evidence } of clashes(member)) {
        if (!seen.has(message)) yield { member, setting, message, evidence }
        seen.add(message)
      }
    }
    const own = new Map<string, Member>()
    for (const member of members) {
      const id = memberId(member)
      const host = id === null ? undefined : member.ensemble.servers.get(id)?.addresses[0]?.host.toLowerCase()
      if (host === undefined) continue
      for (const key of [
        'clientPort',
        'secureClientPort',
        'metricsProvider.httpPort',
        'dataDir',
        'dataLogDir',
        'admin.serverPort',
      ]) {
        const setting = settingOf(member, key)
        if (setting === undefined || setting.value === '0') continue
        const what = /Dir$/.test(key) ? setting.value : `port ${setting.value}`
        const other = own.get(`${host} ${what}`)
        own.set(`${host} ${what}`, member)
        // two with the same id have another problem
        if (other === undefined || memberId(other) === id) continue
        // with members the admin server's port only costs the admin server
        const level = key === 'admin.serverPort' ? 'MEDIUM' : undefined
        yield {
          member,
          setting,
          level,
          message: `${what} on ${host} is used by ${other.file} too`,
          evidence: { host, other: other.file },
        }
      }
    }
  },
)
