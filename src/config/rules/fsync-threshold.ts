import { numberOf, settingOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-D06',
    code: 'config.fsync-threshold',
    level: 'MEDIUM',
    summary: 'Slow disks go unnoticed.',
    cause: 'fsync.warningthresholdms is above a second, or above half of what a follower may fall behind.',
    evidence: 'The threshold.',
    remedy: 'Leave it at 1000 or less.',
    source: 'FileTxnLog',
  },
  function* (member, { release }) {
    const threshold = numberOf(member, 'fsync.warningthresholdms', release)
    const setting = settingOf(member, 'fsync.warningthresholdms')
    if (threshold === null || setting === undefined) return
    const [tick, sync] = [numberOf(member, 'tickTime', release), numberOf(member, 'syncLimit', release)]
    const half = tick === null || sync === null ? Number.POSITIVE_INFINITY : (tick * sync) / 2
    if (threshold > 1000 || threshold >= half)
      yield {
        setting,
        message: `an fsync is only reported from ${threshold} ms on`,
        evidence: { thresholdMs: threshold },
      }
  },
)
