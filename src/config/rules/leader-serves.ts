import { votersOf } from '../ensemble.ts'
import { settingOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-M13',
    code: 'config.leader-serves',
    level: 'INFO',
    summary: 'With three servers a leader without clients costs a third.',
    cause: 'leaderServes=no with up to three voters.',
    evidence: 'The number of voters.',
    remedy: 'Remove it; it pays with more servers and many writes.',
    source: 'Leader',
  },
  function* (member) {
    const setting = settingOf(member, 'leaderServes')
    const voters = votersOf(member.ensemble).length
    if (setting?.value === 'no' && voters > 0 && voters <= 3)
      yield { setting, message: `leaderServes=no with ${voters} voters`, evidence: { voters } }
  },
)
