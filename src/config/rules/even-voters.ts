import { votersOf } from '../ensemble.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-E02',
    code: 'config.even-voters',
    level: 'MEDIUM',
    summary: 'An even number of voters.',
    cause: 'The last voter adds load but no tolerance: four can lose one, as three can.',
    evidence: 'How many.',
    remedy: 'Remove one, add one, or make one an observer.',
    source: 'QuorumMaj',
  },
  function* (member) {
    const voters = votersOf(member.ensemble)
    if (voters.length > 2 && voters.length % 2 === 0 && member.ensemble.groups.size === 0) {
      const lose = voters.length / 2 - 1
      yield {
        message: `${voters.length} voters can lose ${lose}, as ${voters.length - 1} can`,
        evidence: { voters: voters.length, canLose: lose },
      }
    }
  },
)
