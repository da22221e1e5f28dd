import { votersOf } from '../ensemble.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-E03',
    code: 'config.one-voter',
    level: 'HIGH',
    summary: 'An ensemble of one voter has no redundancy.',
    cause: 'The list names a single voter.',
    evidence: 'Its line.',
    remedy: 'Use three voters for anything that matters.',
    source: 'deployment guide',
  },
  function* (member) {
    const voters = votersOf(member.ensemble)
    if (voters.length === 1)
      yield {
        setting: voters[0]!.setting,
        message: `server.${voters[0]!.id} is the only voter: when it is down, everything is`,
      }
  },
)
