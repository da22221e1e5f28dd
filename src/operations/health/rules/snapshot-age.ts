import { counterOf, epochOf } from '../../../cluster/observe/model.ts'
import { limitRule, metric } from '../rule.ts'

export const snapshotAge = limitRule(
  {
    code: 'health.snapshot-age',
    summary: 'Its last snapshot is many transactions ago.',
    cause: 'Snapshots fail (a full disk, missing rights), or snapCount is very high.',
    evidence: 'Transactions since, twice or ten times the snapCount that servers have by themselves.',
    remedy: 'Look at its log for failed snapshots. With a higher snapCount of yours, raise the limits of this rule.',
    source: 'last_snapshot of the AdminServer (3.5.10, 3.6 on); within an epoch, because each leader begins one',
    limits: { warn: 200_000, critical: 1_000_000, unit: '' },
  },
  (member) => {
    const [epoch, counter] = [metric(member, 'snapshot_epoch'), metric(member, 'snapshot_counter')]
    const zxid = member.answer?.zxid ?? null
    if (epoch === null || counter === null || zxid === null || Number(epochOf(zxid)) !== epoch) return null
    return Math.max(0, Number(counterOf(zxid)) - counter)
  },
  (value) => `its last snapshot is ${value} transactions ago`,
)
