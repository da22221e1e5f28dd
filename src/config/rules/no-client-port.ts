import { memberId } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-S15',
    code: 'config.no-client-port',
    level: 'MEDIUM',
    summary: 'The member listens to no clients.',
    cause: 'Neither clientPort nor a client part in its own server line is given.',
    evidence: 'Its own server line.',
    remedy: 'Add ;2181 to its server line, or clientPort. Adding it by reconfig needs a restart of this member.',
    source: 'QuorumPeerConfig.setupClientPort',
  },
  function* (member, { release }) {
    const id = memberId(member)
    const own = id === null ? undefined : member.ensemble.servers.get(id)
    if (release.minor < 5 || own === undefined || own.client !== null) return
    if (member.settings.has('clientPort') || member.settings.has('secureClientPort')) return
    yield {
      setting: own.setting,
      message: `server.${id} has no client part and the file no clientPort: clients cannot connect`,
    }
  },
)
