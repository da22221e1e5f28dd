import { isOn } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-X12',
    code: 'config.close-socket',
    level: 'MEDIUM',
    summary: 'Closing TLS connections can block pings.',
    cause: 'sslQuorum is on without leader.closeSocketAsync and learner.closeSocketAsync.',
    evidence: 'What is not set.',
    remedy: 'Set both to true.',
    source: 'configuration parameters',
  },
  function* (member, { release }) {
    if (release.minor < 7 || !isOn(member, 'sslQuorum', release)) return
    const missing = ['leader.closeSocketAsync', 'learner.closeSocketAsync'].filter((key) => !isOn(member, key, release))
    if (missing.length > 0)
      yield { key: missing[0], message: `with sslQuorum set ${missing.join(' and ')}`, evidence: { missing } }
  },
)
