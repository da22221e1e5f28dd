import { limitRule, metric } from '../rule.ts'

export const updateLatency = limitRule(
  {
    code: 'health.update-latency',
    summary: 'One in a hundred writes takes long.',
    cause: 'A slow log device on the leader or on a majority of followers, or pauses.',
    evidence: 'The 99th percentile of the last minutes.',
    remedy: 'Look at fsync times of all voters: the slowest of the majority sets the pace.',
    source: 'p99_updatelatency (3.6 on)',
    limits: { warn: 100, critical: 1000, unit: 'ms' },
  },
  (member) => metric(member, 'p99_updatelatency'),
  (value) => `one in a hundred of its writes takes ${value} or more`,
)
