import { isOn } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-E11',
    code: 'config.groups-and-reconfig',
    level: 'MEDIUM',
    summary: 'Groups forbid adding and removing single members.',
    cause: 'With groups and weights the server refuses incremental reconfiguration (BadArguments).',
    evidence: 'The groups.',
    remedy: 'Give the whole new membership at once, or use majorities.',
    source: 'PrepRequestProcessor.pRequest2Txn',
  },
  function* (member, { release }) {
    if (release.minor >= 5 && member.ensemble.groups.size > 0 && isOn(member, 'reconfigEnabled', release)) {
      yield {
        message: 'with groups only the whole membership can be replaced; adding and removing single members is refused',
      }
    }
  },
)
