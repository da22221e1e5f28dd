import { limitRule } from '../rule.ts'

export const fsyncSlow = limitRule(
  {
    code: 'health.fsync-slow',
    summary: 'Single fsyncs took longer than a second.',
    cause: 'The log device stalls.',
    evidence: 'How many in five minutes.',
    remedy: 'Look for "fsync-ing the write ahead log" in its log; give transaction logs a device of their own.',
    source: 'fsync_threshold_exceed_count: above fsync.warningthresholdms (3.4.13 on; 3.5 by the AdminServer only)',
    limits: { warn: 1, critical: 5, unit: '' },
    remembers: ['fsync_threshold_exceed_count'],
  },
  (member, view) => {
    const count = view.within(member, 'fsync_threshold_exceed_count', 300_000)
    // at least one is one, however long ago the run before was
    return count === null || count === 0 ? null : Math.max(1, count)
  },
  (value) => `${value} fsyncs in five minutes took longer than its threshold`,
)
