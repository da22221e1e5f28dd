import { stateOf } from '../../../cluster/observe/model.ts'
import { rule } from '../rule.ts'

export const noLeader = rule(
  {
    code: 'health.no-leader',
    summary: 'Members answer, and none of them leads.',
    cause: 'An election is under way or does not end; or the leader serves its followers but does not answer here.',
    evidence: 'The states of the members that answer.',
    remedy:
      'An election takes seconds. If it does not end, look for members that cannot reach each other at their election ports.',
    source: 'FastLeaderElection',
    expectedInMaintenance: false,
  },
  function* ({ isEnsemble, leader, members, membership }) {
    const states = members.map(stateOf).filter((state) => state !== 'down')
    if (!isEnsemble || leader !== null || states.length === 0) return
    if (states.some((state) => state === 'serving' || state === 'unknown')) return
    const followed = states.includes('following')
    // where not all members are known, it may be one of the others
    if (followed && membership === null && states.length === members.length) return
    const message = followed ? 'members follow a leader that does not answer here' : 'no member leads'
    yield { severity: followed ? 'warning' : 'error', message, evidence: { states } }
  },
)
