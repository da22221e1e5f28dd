import { isQuorum } from '../ensemble.ts'
import { memberRule } from './rule.ts'

/** Every loss is tried. */
const MOST = 255

export const rule = memberRule(
  {
    id: 'L-E12',
    code: 'config.blocking-group',
    level: 'MEDIUM',
    summary: 'The loss of one group or one server ends the quorum.',
    cause: 'Weights or the number of groups leave no room.',
    evidence: 'Whose loss it is.',
    remedy: 'Use three groups or more of like weight; no group with a single server.',
    source: 'QuorumHierarchical.containsQuorum',
  },
  function* (member) {
    const { groups } = member.ensemble
    const all = new Set([...groups.values()].flat())
    if (groups.size === 0 || all.size > MOST) return
    const without = (lost: readonly bigint[]) => new Set([...all].filter((id) => !lost.includes(id)))
    const blockingGroups = [...groups]
      .filter(([, ids]) => !isQuorum(member.ensemble, without(ids)))
      .map(([id]) => `group.${id}`)
    const blockingServers = [...all]
      .filter((id) => !isQuorum(member.ensemble, without([id])))
      .map((id) => `server.${id}`)
    const blocking = [...blockingGroups, ...blockingServers]
    if (blocking.length > 0)
      yield { message: `there is no quorum without ${blocking.join(', or without ')}`, evidence: { blocking } }
  },
)
