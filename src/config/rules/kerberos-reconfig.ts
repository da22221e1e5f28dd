import { isOn, settingOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-X13',
    code: 'config.kerberos-reconfig',
    level: 'MEDIUM',
    summary: 'New members are refused until the others restart.',
    cause: 'With Kerberos between servers the hosts that may connect are read once at start.',
    evidence: 'The settings.',
    remedy: 'Restart the members one by one after adding one.',
    source: 'QuorumPeer.initialize, SaslQuorumAuthServer',
  },
  function* (member, { release }) {
    const principal = settingOf(member, 'quorum.auth.kerberos.servicePrincipal')
    if (
      principal !== undefined &&
      isOn(member, 'quorum.auth.enableSasl', release) &&
      isOn(member, 'reconfigEnabled', release)
    ) {
      yield {
        setting: principal,
        message: 'members that are added by reconfig are refused until the others have restarted',
      }
    }
  },
)
