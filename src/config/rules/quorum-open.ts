import { ipv4, ipv6 } from '../java/inet.ts'
import { isOn } from '../member.ts'
import { memberRule } from './rule.ts'

/** A literal outside the ranges for private use. */
function isPublic(host: string): boolean {
  const v4 = ipv4(host)
  if (v4 !== undefined)
    return !/^(0|10|127|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])|169\.254|172\.(1[6-9]|2\d|3[01])|192\.168|192\.0\.2|198\.51\.100|203\.0\.113)\./.test(
      v4,
    )
  const v6 = ipv6(host.replace(/^\[|\]$/g, ''))
  return v6 !== undefined && /^[23]/.test(v6) && v6.split(':')[0]!.length === 4 && !v6.startsWith('2001:db8:')
}

export const rule = memberRule(
  {
    id: 'L-X07',
    code: 'config.quorum-open',
    level: 'HIGH',
    summary: 'Strangers may join the quorum.',
    cause: 'Members have public addresses, and neither sslQuorum nor quorum.auth is on.',
    evidence: 'The addresses.',
    remedy: 'Switch on sslQuorum or quorum SASL, or use a private network.',
    source: 'CVE-2018-8012',
  },
  function* (member, { release, facts }) {
    const guarded = isOn(member, 'sslQuorum', release) || isOn(member, 'quorum.auth.serverRequireSasl', release)
    if (guarded) return
    const hosts = [...member.ensemble.servers.values()].flatMap(({ addresses }) => addresses.map(({ host }) => host))
    const open = [...new Set(hosts)].filter((host) => (facts.addresses.get(host) ?? [host]).some(isPublic))
    if (open.length > 0)
      yield {
        key: 'sslQuorum',
        message: `${open.join(', ')} can be reached from everywhere, and quorum ports ask nobody who they are`,
        evidence: { hosts: open },
      }
  },
)
