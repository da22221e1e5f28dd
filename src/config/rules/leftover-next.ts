import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-S13',
    code: 'config.leftover-next',
    level: 'HIGH',
    summary: 'A proposed configuration was left beside the file.',
    cause:
      'A reconfiguration that did not finish. While it is there a quorum of both memberships is needed to elect a leader.',
    evidence: 'The file <config>.dynamic.next.',
    remedy:
      'Find out with reconfig show which membership is in force. Remove the file, while the server is stopped, when no reconfiguration runs.',
    source: 'QuorumPeerConfig.parse, QuorumPeer.getLastSeenQuorumVerifier',
  },
  function* (member, { release }) {
    if (member.proposed && member.dynamic !== null && release.minor >= 5) {
      yield { message: `${member.file}.dynamic.next is left from a reconfiguration that did not finish` }
    }
  },
)
