import { stateOf } from '../../../cluster/observe/model.ts'
import { memberRule } from '../rule.ts'

export const roleDiffers = memberRule(
  {
    code: 'health.role-differs',
    summary: 'A member does not play the role that the configuration gives it.',
    cause: 'peerType in its own zoo.cfg says something else, or it runs with an old configuration.',
    evidence: 'The role of the configuration and what it does.',
    remedy: 'Put peerType right, or restart it with the configuration of the others.',
    source: 'QuorumPeer.learnerType',
  },
  function* (member) {
    const state = stateOf(member)
    const votes = state === 'leading' || state === 'following'
    if (member.place.role === null || !(votes || state === 'observing')) return
    if ((member.place.role === 'participant') === votes) return
    const message = `it is ${state}, and the configuration calls it ${member.place.role}`
    yield { severity: 'warning', message, evidence: { role: member.place.role, state } }
  },
)
