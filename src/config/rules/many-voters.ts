import { votersOf } from '../ensemble.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-E04',
    code: 'config.many-voters',
    level: 'LOW',
    summary: 'More than seven voters.',
    cause: 'Every voter has to be sent every write.',
    evidence: 'How many.',
    remedy: 'Make some of them observers.',
    source: 'observers guide',
  },
  function* (member) {
    const voters = votersOf(member.ensemble)
    if (voters.length > 7)
      yield {
        message: `${voters.length} voters make each write slower; observers serve reads as well`,
        evidence: { voters: voters.length },
      }
  },
)
