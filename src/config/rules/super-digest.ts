import { settingOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-X17',
    code: 'config.super-digest',
    level: 'MEDIUM',
    summary: 'The password of the super user crosses the network in clear.',
    cause: 'superDigest is set for good and clients connect without TLS.',
    evidence: 'The key; never the digest.',
    remedy: 'Remove it after use, or close the plain port.',
    source: 'DigestAuthenticationProvider',
  },
  function* (member) {
    const setting = settingOf(member, 'DigestAuthenticationProvider.superDigest')
    const secure = settingOf(member, 'secureClientPort') !== undefined
    const plain =
      settingOf(member, 'clientPort') !== undefined ||
      [...member.ensemble.servers.values()].some(({ client }) => client !== null)
    if (setting !== undefined && (plain || !secure))
      yield { setting, message: 'superDigest is set and clients connect without TLS' }
  },
)
