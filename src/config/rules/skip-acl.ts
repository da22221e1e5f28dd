import { settingOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-X01',
    code: 'config.skip-acl',
    level: 'ERROR',
    summary: 'No ACL is checked.',
    cause: 'skipACL=yes: everybody may read, change and delete everything.',
    evidence: 'The line.',
    remedy: 'Remove it; to get back into a locked tree use the super user.',
    source: 'ZooKeeperServer.skipACL',
  },
  function* (member) {
    const setting = settingOf(member, 'skipACL')
    if (setting?.value === 'yes') yield { setting, message: 'skipACL=yes: everybody may do everything' }
  },
)
