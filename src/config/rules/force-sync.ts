import { settingOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-D05',
    code: 'config.force-sync',
    level: 'ERROR',
    summary: 'Writes are acknowledged before they are on disk.',
    cause: 'forceSync=no. After a power failure acknowledged writes are gone, and members may disagree.',
    evidence: 'The line.',
    remedy: 'Remove it; if the disk is too slow, use a faster one.',
    source: 'FileTxnLog',
  },
  function* (member) {
    const setting = settingOf(member, 'forceSync')
    if (setting?.value === 'no') yield { setting, message: 'forceSync=no: acknowledged writes can be lost' }
  },
)
