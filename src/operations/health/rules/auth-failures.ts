import { memberRule, rounded } from '../rule.ts'

const COUNTERS = ['auth_failed_count', 'ensemble_auth_fail', 'unsuccessful_handshake', 'tls_handshake_exceeded']
const OFTEN_PER_MINUTE = 10

export const authFailures = memberRule(
  {
    code: 'health.auth-failures',
    summary: 'Authentication or TLS handshakes failed.',
    cause: 'A client with a wrong password or certificate, an expired certificate, or somebody who tries.',
    evidence: 'Which counters grew since the run before.',
    remedy: 'Look for the address in its log; look at the expiry of certificates.',
    source: 'auth_failed_count, ensemble_auth_fail, unsuccessful_handshake, tls_handshake_exceeded (3.6 on)',
    remembers: COUNTERS,
  },
  function* (member, view) {
    const grown = COUNTERS.map((name) => [name, view.delta(member, name) ?? 0] as const).filter(([, by]) => by > 0)
    if (grown.length === 0) return
    const times = grown.reduce((sum, [, by]) => sum + by, 0)
    const perMinute = COUNTERS.reduce((sum, name) => sum + (view.within(member, name, 60_000) ?? 0), 0)
    const message = `authentication failed ${times === 1 ? 'once' : `${times} times`} since the run before`
    const evidence = { ...Object.fromEntries(grown), perMinute: rounded(perMinute) }
    yield { severity: perMinute > OFTEN_PER_MINUTE ? 'error' : 'warning', message, evidence }
  },
)
