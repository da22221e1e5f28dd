import { settingOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-X16',
    code: 'config.audit-off',
    level: 'LOW',
    summary: 'The audit log is switched off.',
    cause: 'audit.enable=false was written.',
    evidence: 'The line.',
    remedy: 'Set audit.enable=true where changes must be accounted for, and its logger.',
    source: 'ZKAuditProvider',
  },
  function* (member, { release }) {
    const setting = settingOf(member, 'audit.enable')
    if (release.minor >= 6 && setting?.value.toLowerCase() === 'false')
      yield { setting, message: 'audit.enable=false: nobody knows who changed what' }
  },
)
