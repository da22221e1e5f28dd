import { settingOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-D14',
    code: 'config.digest-off',
    level: 'MEDIUM',
    summary: 'Corruption of the tree is not detected.',
    cause: 'digest.enabled=false.',
    evidence: 'The line.',
    remedy: 'Remove it.',
    source: 'ZooKeeperServer, DataTree',
  },
  function* (member, { release }) {
    const setting = settingOf(member, 'digest.enabled')
    if (release.minor >= 6 && setting?.value.toLowerCase() === 'false')
      yield { setting, message: 'digest.enabled=false: members that differ are not noticed' }
  },
)
