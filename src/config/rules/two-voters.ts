import { votersOf } from '../ensemble.ts'
import { isSince } from '../release.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-E01',
    code: 'config.two-voters',
    level: 'HIGH',
    summary: 'Two voters cannot lose one.',
    cause: 'A quorum of two is both of them, so the ensemble is down when either is.',
    evidence: 'The two.',
    remedy: 'Add a third voter; a second one alone makes it worse than one.',
    source: 'QuorumMaj',
  },
  function* (member, { release }) {
    const voters = votersOf(member.ensemble)
    const oracle = isSince(release, '3.8.0') && member.settings.has('oraclePath')
    if (voters.length === 2 && !oracle && member.ensemble.groups.size === 0) {
      yield {
        message: 'two voters: when either is down there is no quorum',
        evidence: { voters: voters.map(({ id }) => String(id)) },
      }
    }
  },
)
