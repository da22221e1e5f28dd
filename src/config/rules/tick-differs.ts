import { differing } from './differing.ts'
import { ensembleRule } from './rule.ts'

export const rule = ensembleRule(
  {
    id: 'L-T08',
    code: 'config.tick-differs',
    level: 'MEDIUM',
    summary: 'tickTime differs between members.',
    cause: 'Sessions and elections then take different times, depending on who leads.',
    evidence: 'Who has which.',
    remedy: 'Use the same value on every member.',
    source: 'operations: timing',
  },
  ({ members, release }) => differing(members, 'tickTime', release),
)
