import { limitRule, metric } from '../rule.ts'

export const outstanding = limitRule(
  {
    code: 'health.outstanding',
    summary: 'Requests pile up.',
    cause: 'More comes in than it can do: slow disks, a slow leader, or a client that floods it.',
    evidence: 'Requests that wait.',
    remedy:
      'Find the client (zkops ensemble connections) or the slow stage; at globalOutstandingLimit clients are throttled.',
    source: 'outstanding_requests',
    limits: { warn: 10, critical: 50, unit: '' },
    sustained: true,
  },
  (member) => metric(member, 'outstanding_requests'),
  (value) => `${value} requests wait`,
)
