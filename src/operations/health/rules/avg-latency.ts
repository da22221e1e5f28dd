import { limitRule, metric } from '../rule.ts'

const SUMS = ['sum_readlatency', 'sum_updatelatency']
const COUNTS = ['cnt_readlatency', 'cnt_updatelatency']

export const avgLatency = limitRule(
  {
    code: 'health.avg-latency',
    summary: 'Requests take long on average.',
    cause: 'A slow log device, an overloaded leader, pauses of the JVM.',
    evidence: 'The average since the run before, else since the server took its role.',
    remedy: 'Look at fsync times first, then at pauses, then at who sends the requests.',
    source: 'readlatency and updatelatency (3.6 on), else avg_latency',
    limits: { warn: 50, critical: 200, unit: 'ms' },
    remembers: [...SUMS, ...COUNTS],
  },
  (member, view) => {
    const sum = (names: readonly string[]) =>
      names.reduce<number | null>((all, name) => {
        const one = view.delta(member, name)
        return all === null || one === null ? null : all + one
      }, 0)
    const time = sum(SUMS)
    const requests = sum(COUNTS)
    if (time !== null && requests !== null) return requests === 0 ? null : time / requests
    return metric(member, 'avg_latency')
  },
  (value) => `its requests take ${value} on average`,
)
