import { numberOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-M09',
    code: 'config.max-client-connections',
    level: 'MEDIUM',
    summary: 'Connections from one address are not limited, or too much.',
    cause:
      'maxClientCnxns is 0, or below 10. One client can use up the server; or clients behind one address, with health checks, are refused.',
    evidence: 'The value.',
    remedy: 'Use 60 or what the clients behind one address need.',
    source: 'NIOServerCnxnFactory, "Too many connections"',
  },
  function* (member, { release }) {
    const count = numberOf(member, 'maxClientCnxns', release)
    if (count === null || count >= 10 || count < 0) return
    const message =
      count === 0
        ? 'maxClientCnxns=0: one address can take all connections'
        : `only ${count} connections from one address`
    yield { setting: member.settings.get('maxClientCnxns'), message, evidence: { count } }
  },
)
