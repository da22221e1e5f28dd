import { isOn, settingOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-X10',
    code: 'config.hostname-verification',
    level: 'MEDIUM',
    summary: 'The host name in certificates is not checked.',
    cause: 'hostnameVerification=false; or, for the quorum on 3.9, fips-mode is on and leaves the check to Java.',
    evidence: 'The setting.',
    remedy: 'Set it to true (and fips-mode=false where ZooKeeper itself should check).',
    source: 'ZKTrustManager, X509Util',
  },
  function* (member, { release }) {
    for (const key of ['ssl.hostnameVerification', 'ssl.quorum.hostnameVerification']) {
      const setting = settingOf(member, key)
      if (setting?.value.toLowerCase() === 'false')
        yield { setting, message: `${key}=false: any certificate of the trusted authority is taken for any host` }
    }
    const wanted = settingOf(member, 'ssl.quorum.hostnameVerification')
    if (
      release.minor >= 9 &&
      isOn(member, 'sslQuorum', release) &&
      wanted?.value.toLowerCase() === 'true' &&
      isOn(member, 'fips-mode', release)
    ) {
      yield { setting: wanted, message: 'fips-mode is on, so this setting is not used for the quorum' }
    }
  },
)
