import { numberOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-T07',
    code: 'config.session-timeout-short',
    level: 'LOW',
    summary: 'Sessions may end for one missed ping.',
    cause: 'minSessionTimeout is below two ticks; expiry is rounded to ticks.',
    evidence: 'Both.',
    remedy: 'Use two ticks or more.',
    source: 'SessionTrackerImpl',
  },
  function* (member, { release }) {
    const [tick, min] = [numberOf(member, 'tickTime', release), numberOf(member, 'minSessionTimeout', release)]
    if (tick !== null && min !== null && min >= 0 && min < 2 * tick)
      yield {
        setting: member.settings.get('minSessionTimeout'),
        message: `minSessionTimeout=${min} is below two ticks (${2 * tick})`,
        evidence: { minMs: min, tickMs: tick },
      }
  },
)
