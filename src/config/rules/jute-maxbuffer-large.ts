import { numberOf, settingOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-M08',
    code: 'config.jute-maxbuffer-large',
    level: 'MEDIUM',
    summary: 'Very long records are allowed.',
    cause: 'jute.maxbuffer is above 4 MB. Long records block everything behind them.',
    evidence: 'The value.',
    remedy: 'Keep large data elsewhere.',
    source: 'configuration parameters',
  },
  function* (member, { release }) {
    const setting = settingOf(member, 'jute.maxbuffer')
    const bytes = numberOf(member, 'jute.maxbuffer', release)
    if (bytes !== null && bytes > 4 * 2 ** 20)
      yield { setting, message: `jute.maxbuffer is ${bytes} bytes`, evidence: { bytes } }
  },
)
