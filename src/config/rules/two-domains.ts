import { domainsOf } from '../topology.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-E06',
    code: 'config.two-domains',
    level: 'HIGH',
    summary: 'Voters lie in exactly two failure domains.',
    cause: 'One of the two always holds the majority, or both are needed.',
    evidence: 'Both domains.',
    remedy: 'Put one voter into a third domain, or observers into the second.',
    source: 'observers guide',
  },
  function* (member, { facts }) {
    const domains = new Set(domainsOf(member, facts).values())
    if (domains.size === 2)
      yield {
        message: `all voters lie in ${[...domains].join(' and ')}: losing one of them can lose the quorum`,
        evidence: { domains: [...domains] },
      }
  },
)
