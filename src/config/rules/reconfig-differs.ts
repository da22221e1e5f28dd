import { differing } from './differing.ts'
import { ensembleRule } from './rule.ts'

export const rule = ensembleRule(
  {
    id: 'L-E08',
    code: 'config.reconfig-differs',
    level: 'MEDIUM',
    summary: 'reconfigEnabled differs between members.',
    cause: "The leader's value counts, so reconfiguration comes and goes with elections.",
    evidence: 'Who has which value.',
    remedy: 'Use the same value on every member.',
    source: 'PrepRequestProcessor',
  },
  ({ members, release }) => (release.minor < 5 ? [] : differing(members, 'reconfigEnabled', release)),
)
