import { isOn, settingOf } from '../member.ts'
import { isSince } from '../release.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-X09',
    code: 'config.tls-half-migrated',
    level: 'MEDIUM',
    summary: 'The change to TLS between servers is half done.',
    cause:
      'Stores of the quorum are set but sslQuorum and portUnification are not; or portUnification still takes plain text.',
    evidence: 'The switches.',
    remedy: 'Go on: portUnification=true, then sslQuorum=true, then portUnification=false, one round each.',
    source: 'operations: quorum TLS without downtime',
  },
  function* (member, { release }) {
    if (!isSince(release, '3.5.5')) return
    const [ssl, unified] = [isOn(member, 'sslQuorum', release), isOn(member, 'portUnification', release)]
    const store = settingOf(member, 'ssl.quorum.keyStore.location')
    if (store !== undefined && !ssl && !unified)
      yield { setting: store, message: 'stores of the quorum are set, but sslQuorum is off' }
    if (unified)
      yield {
        setting: settingOf(member, 'portUnification'),
        message: 'portUnification=true: plain text is still taken between servers',
        evidence: { sslQuorum: ssl },
      }
  },
)
