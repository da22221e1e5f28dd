import { limitRule } from '../rule.ts'

export const fsyncMean = limitRule(
  {
    code: 'health.fsync-mean',
    summary: 'Its log device is slow.',
    cause: 'A shared or spinning disk, snapshots on the same device, a noisy neighbour.',
    evidence: 'The mean time of an fsync since the run before.',
    remedy: 'Give transaction logs a device of their own (dataLogDir).',
    source: 'fsynctime (3.6 on), as a change of sum and count',
    limits: { warn: 20, critical: 100, unit: 'ms' },
    remembers: ['sum_fsynctime', 'cnt_fsynctime'],
  },
  (member, view) => {
    const sum = view.delta(member, 'sum_fsynctime')
    const count = view.delta(member, 'cnt_fsynctime')
    return sum === null || count === null || count === 0 ? null : sum / count
  },
  (value) => `an fsync took ${value} on average since the run before`,
)
