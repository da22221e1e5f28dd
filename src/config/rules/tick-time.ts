import { numberOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-T01',
    code: 'config.tick-time',
    level: 'MEDIUM',
    summary: 'The tick is unusually short or long.',
    cause: 'Below 500 ms pauses look like failures, above 6 s failures are noticed late.',
    evidence: 'The tick.',
    remedy: 'Use 2000.',
    source: 'operations: timing',
  },
  function* (member, { release }) {
    const tick = numberOf(member, 'tickTime', release)
    if (tick !== null && (tick < 500 || tick > 6000))
      yield {
        setting: member.settings.get('tickTime'),
        key: 'tickTime',
        message: `tickTime is ${tick} ms`,
        evidence: { tickTimeMs: tick },
      }
  },
)
