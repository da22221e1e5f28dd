import { settingOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-D13',
    code: 'config.trust-empty',
    level: 'HIGH',
    summary: 'A missing snapshot is not noticed.',
    cause: 'snapshot.trust.empty=true, which is for the upgrade from 3.4 only.',
    evidence: 'The line.',
    remedy: 'Remove it once a snapshot has been written.',
    source: 'FileTxnSnapLog; ZOOKEEPER-3056',
  },
  function* (member) {
    const setting = settingOf(member, 'snapshot.trust.empty')
    if (setting?.value.toLowerCase() === 'true')
      yield { setting, message: 'snapshot.trust.empty=true: logs without a snapshot are taken for everything' }
  },
)
