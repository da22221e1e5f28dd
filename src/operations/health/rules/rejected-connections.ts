import { memberRule, rounded } from '../rule.ts'

const COUNTERS = ['connection_rejected', 'connection_drop_count']
const OFTEN_PER_MINUTE = 3

export const rejectedConnections = memberRule(
  {
    code: 'health.rejected-connections',
    summary: 'It turned connections away.',
    cause: 'maxClientCnxns of one address or maxCnxns of all was reached, or the throttle dropped them.',
    evidence: 'How many since the run before.',
    remedy: 'Find the client that opens too many connections; raise the limit only if it needs them.',
    source: 'connection_rejected and connection_drop_count (3.6 on)',
    remembers: COUNTERS,
  },
  function* (member, view) {
    const times = COUNTERS.reduce((sum, name) => sum + (view.delta(member, name) ?? 0), 0)
    if (times === 0) return
    const perMinute = COUNTERS.reduce((sum, name) => sum + (view.within(member, name, 60_000) ?? 0), 0)
    const message = `it turned ${times === 1 ? 'one connection' : `${times} connections`} away since the run before`
    const severity = perMinute > OFTEN_PER_MINUTE ? 'error' : 'warning'
    yield { severity, message, evidence: { times, perMinute: rounded(perMinute) } }
  },
)
