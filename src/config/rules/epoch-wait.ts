import { settingOf } from '../member.ts'
import { domainsOf } from '../topology.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-T10',
    code: 'config.epoch-wait',
    level: 'MEDIUM',
    summary: 'A new leader far away waits long for a quorum.',
    cause: 'Voters lie in several domains and leader.maxTimeToWaitForEpoch is not set.',
    evidence: 'The domains.',
    remedy: 'Set leader.maxTimeToWaitForEpoch=2000.',
    source: 'Leader.getEpochToPropose',
  },
  function* (member, { release, facts }) {
    const domains = new Set(domainsOf(member, facts).values())
    if (release.minor < 6 || domains.size < 2 || settingOf(member, 'leader.maxTimeToWaitForEpoch') !== undefined) return
    yield {
      key: 'leader.maxTimeToWaitForEpoch',
      message: `voters lie in ${domains.size} domains, and a leader waits initLimit for them`,
      evidence: { domains: [...domains] },
    }
  },
)
