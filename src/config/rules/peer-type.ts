import { memberId } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-S18',
    code: 'config.peer-type',
    level: 'MEDIUM',
    summary: 'peerType contradicts the server line.',
    cause: 'The role was changed in one place only. The server line wins, with a warning in the log.',
    evidence: 'Both roles.',
    remedy: 'Remove peerType; from 3.5 on the server line is enough.',
    source: 'QuorumPeerConfig.setupPeerType',
  },
  function* (member, { release }) {
    const id = memberId(member)
    const own = id === null ? undefined : member.ensemble.servers.get(id)
    const setting = member.settings.get('peerType')
    if (own === undefined) return
    const said = setting?.value.toLowerCase() ?? 'participant'
    // an observer without peerType is right from 3.5 on
    if (said === own.role || (setting === undefined && release.minor >= 5)) return
    yield {
      setting,
      key: 'peerType',
      message: `peerType is ${said}, but server.${id} is ${own.role}`,
      evidence: { peerType: said, role: own.role },
    }
  },
)
