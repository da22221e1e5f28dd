import { domainsOf } from '../topology.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-E05',
    code: 'config.domain-majority',
    level: 'HIGH',
    summary: 'One failure domain holds a majority of voters.',
    cause: 'Rack, zone or site were not looked at when members were placed. When it is lost, so is the quorum.',
    evidence: 'The domain and its voters.',
    remedy: 'Spread the voters over three domains.',
    source: 'deployment guide',
  },
  function* (member, { facts }) {
    if (facts.zones.size === 0) return
    const domains = domainsOf(member, facts)
    for (const domain of new Set(domains.values())) {
      const inside = [...domains].filter(([, name]) => name === domain).map(([id]) => id)
      if (new Set(domains.values()).size > 2 && 2 * inside.length >= domains.size) {
        yield {
          message: `${domain} holds ${inside.length} of ${domains.size} voters: without it there is no quorum`,
          evidence: { domain, voters: inside.map(String) },
        }
      }
    }
  },
)
