import { isOn } from '../member.ts'
import { isEnsembleMember } from '../topology.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-E09',
    code: 'config.reconfig-disabled',
    level: 'INFO',
    summary: 'Members cannot be changed at run time.',
    cause: 'reconfigEnabled is not true.',
    evidence: 'The value; whether the dynamic file was written by a reconfiguration.',
    remedy:
      'Set reconfigEnabled=true on every member (and an ACL on /zookeeper/config), or change files and restart one by one.',
    source: 'QuorumPeerConfig; ZOOKEEPER-2014',
  },
  function* (member, { release }) {
    if (release.minor < 5 || !isEnsembleMember(member) || isOn(member, 'reconfigEnabled', release)) return
    const used = /\.dynamic\.[0-9a-f]+$/.test(member.settings.get('dynamicConfigFile')?.value ?? '')
    const message = used
      ? 'the dynamic file was written by a reconfiguration, but reconfigEnabled is off'
      : 'reconfigEnabled is off: members change by files and restarts'
    yield {
      setting: member.settings.get('reconfigEnabled'),
      key: 'reconfigEnabled',
      message,
      level: used ? 'MEDIUM' : 'INFO',
    }
  },
)
