import { isNetty, isOn, settingOf } from '../member.ts'
import { isSince } from '../release.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-X08',
    code: 'config.tls-incomplete',
    level: 'HIGH',
    summary: 'TLS is switched on but cannot work.',
    cause: 'secureClientPort without Netty or a key store, or sslQuorum without key and trust store.',
    evidence: 'What is missing.',
    remedy: 'Add what is missing.',
    source: 'NettyServerCnxnFactory, X509Util',
  },
  function* (member, { release }) {
    const has = (key: string) => settingOf(member, key) !== undefined
    const port = settingOf(member, 'secureClientPort')
    if (port !== undefined && (port.value !== '0' || release.minor >= 9) && release.minor >= 5) {
      const missing = [
        ...(isNetty(member) ? [] : ['serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory']),
        ...(has('ssl.keyStore.location') ? [] : ['ssl.keyStore.location']),
      ]
      if (missing.length > 0)
        yield { setting: port, message: `secureClientPort needs ${missing.join(' and ')}`, evidence: { missing } }
    }
    if (!isSince(release, '3.5.5') || !isOn(member, 'sslQuorum', release)) return
    const missing = ['ssl.quorum.keyStore.location', 'ssl.quorum.trustStore.location'].filter((key) => !has(key))
    if (missing.length > 0)
      yield {
        setting: settingOf(member, 'sslQuorum'),
        message: `sslQuorum needs ${missing.join(' and ')}`,
        evidence: { missing },
      }
  },
)
