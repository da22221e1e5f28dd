import { isOn, settingOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-E10',
    code: 'config.open-reconfig',
    level: 'HIGH',
    summary: 'Anybody may change the members.',
    cause: 'reconfigEnabled=true together with skipACL=yes.',
    evidence: 'Both lines.',
    remedy: 'Remove skipACL.',
    source: 'PrepRequestProcessor, ZooKeeperServer.skipACL',
  },
  function* (member, { release }) {
    const skip = settingOf(member, 'skipACL')
    if (release.minor >= 5 && isOn(member, 'reconfigEnabled', release) && skip?.value === 'yes') {
      yield { setting: skip, message: 'with skipACL=yes anybody who can connect can change the members' }
    }
  },
)
