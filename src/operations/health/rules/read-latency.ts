import { limitRule, metric } from '../rule.ts'

export const readLatency = limitRule(
  {
    code: 'health.read-latency',
    summary: 'One in a hundred reads takes long.',
    cause: 'Reads come from memory: it is CPU, pauses of the JVM, or very large child lists.',
    evidence: 'The 99th percentile of the last minutes.',
    remedy: 'Look at pauses and CPU, and for parents with very many children.',
    source: 'p99_readlatency (3.6 on)',
    limits: { warn: 20, critical: 200, unit: 'ms' },
  },
  (member) => metric(member, 'p99_readlatency'),
  (value) => `one in a hundred of its reads takes ${value} or more`,
)
