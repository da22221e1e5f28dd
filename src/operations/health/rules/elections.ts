import { memberRule, rounded } from '../rule.ts'

const OFTEN_PER_HOUR = 3

export const elections = memberRule(
  {
    code: 'health.elections',
    summary: 'A member has looked for a leader since the run before.',
    cause: 'It lost the leader or its followers: a restart, a pause, the network, or slow disks.',
    evidence: 'How often.',
    remedy: 'If nobody restarted anything, read its log for "LOOKING" and what came before it.',
    source: 'looking_count (3.6 on)',
    remembers: ['looking_count'],
  },
  function* (member, view) {
    const times = view.delta(member, 'looking_count')
    if (times === null || times < 1) return
    const perHour = view.within(member, 'looking_count', 3_600_000) ?? 0
    const message = `it has looked for a leader ${times === 1 ? 'once' : `${times} times`} since the run before`
    yield {
      severity: perHour >= OFTEN_PER_HOUR ? 'error' : 'warning',
      message,
      evidence: { times, perHour: rounded(perHour) },
    }
  },
)
