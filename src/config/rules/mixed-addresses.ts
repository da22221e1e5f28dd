import { ipv4, ipv6 } from '../java/inet.ts'
import type { Member } from '../member.ts'
import { ensembleRule } from './rule.ts'

export const rule = ensembleRule(
  {
    id: 'L-S11',
    code: 'config.mixed-addresses',
    level: 'MEDIUM',
    summary: 'Members name the same server by host name here and by address there.',
    cause:
      'Files from different times or tools. A member compares the addresses of the leader as they are written, and restarts when they differ.',
    evidence: 'Both forms.',
    remedy: 'Write the same form on every member; names, if DNS is reliable.',
    source: 'QuorumPeer.processReconfig; ZOOKEEPER-4708',
  },
  function* ({ members }) {
    const forms = new Map<bigint, { kind: string; host: string; member: Member }>()
    for (const member of members) {
      for (const { id, addresses, setting } of member.ensemble.servers.values()) {
        const host = addresses[0]?.host ?? ''
        const kind = ipv4(host) === undefined && ipv6(host) === undefined ? 'name' : 'address'
        const first = forms.get(id)
        if (first === undefined) forms.set(id, { kind, host, member })
        else if (first.kind !== kind) {
          const message = `server.${id} is ${host} here and ${first.host} in ${first.member.file}`
          yield { member, setting, message, evidence: { id: String(id), hosts: [first.host, host] } }
        }
      }
    }
  },
)
