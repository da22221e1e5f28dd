import { settingOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-X15',
    code: 'config.plain-and-tls',
    level: 'LOW',
    summary: 'Clients may come without TLS too.',
    cause: 'clientPort and secureClientPort are both open.',
    evidence: 'Both ports.',
    remedy: 'Close clientPort once all clients use TLS.',
    source: 'QuorumPeerConfig',
  },
  function* (member, { release }) {
    const plain = settingOf(member, 'clientPort')
    const secure = settingOf(member, 'secureClientPort')
    if (
      release.minor >= 5 &&
      plain !== undefined &&
      secure !== undefined &&
      plain.value !== '0' &&
      secure.value !== '0'
    ) {
      yield {
        setting: plain,
        message: `clients may use port ${plain.value} without TLS`,
        evidence: { clientPort: plain.value, secureClientPort: secure.value },
      }
    }
  },
)
