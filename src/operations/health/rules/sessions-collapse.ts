import { metric, rounded, rule } from '../rule.ts'

const MANY = 10

export const sessionsCollapse = rule(
  {
    code: 'health.sessions-collapse',
    summary: 'Most sessions are gone since the run before.',
    cause: 'A long pause, a network failure or a restart made them expire; their clients come back all at once.',
    evidence: 'How many there were and are.',
    remedy: 'Expect a storm of reconnects; look at pauses of the JVM and at the network at that time.',
    source: 'global_sessions of the leader (3.6 on)',
    remembers: ['global_sessions'],
    limits: { warn: 50, critical: null, unit: '%' },
  },
  function* ({ leader, remembered, members }, { warn }) {
    if (leader === null || warn === null) return
    const now = metric(leader, 'global_sessions')
    const then = Math.max(...members.map((member) => remembered(member)?.metrics.global_sessions ?? 0))
    if (now === null || then < MANY) return
    const lost = ((then - now) * 100) / then
    if (lost < warn) return
    const message = `${then - now} of ${then} sessions are gone since the run before`
    yield { severity: 'warning', message, evidence: { before: then, now, percent: rounded(lost) } }
  },
)
