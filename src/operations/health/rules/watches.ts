import { limitRule, metric } from '../rule.ts'

const BYTES = 100

export const watches = limitRule(
  {
    code: 'health.watches',
    summary: 'Watches take a large part of its heap.',
    cause: 'Many clients watch many znodes, or one leaves watches behind.',
    evidence: 'The share of the heap, at 100 bytes for each watch.',
    remedy: 'Find who watches what (wchs, once); set WatchManagerOptimized from 3.6 on.',
    source: 'watch_count against the heap',
    limits: { warn: 10, critical: 25, unit: '%' },
  },
  (member) => {
    const [count, most] = [metric(member, 'watch_count'), metric(member, 'heap_max')]
    return count === null || most === null || most <= 0 ? null : (count * BYTES * 100) / most
  },
  (value) => `watches take about ${value} of its heap`,
)
