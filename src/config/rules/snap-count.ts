import { numberOf, settingOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-D09',
    code: 'config.snap-count',
    level: 'MEDIUM',
    summary: 'Snapshots are taken too often or too rarely.',
    cause:
      'snapCount is below 10,000 (the disk is busy with snapshots), or above a million on a slow disk (a start replays for long).',
    evidence: 'The count.',
    remedy: 'Leave it at 100000 unless it was measured.',
    source: 'SyncRequestProcessor',
  },
  function* (member, { release, facts }) {
    const setting = settingOf(member, 'snapCount')
    const count = numberOf(member, 'snapCount', release)
    if (setting === undefined || count === null) return
    const slow = facts.directories.get(member.settings.get('dataLogDir')?.value ?? '')?.rotational === true
    if (count < 10_000)
      yield {
        setting,
        message: `snapCount=${count}: a snapshot every ${Math.floor(count / 2)} to ${count} writes`,
        evidence: { count },
      }
    else if (count > 1_000_000 && slow)
      yield {
        setting,
        message: `snapCount=${count} on a spinning disk: a start replays up to ${count} writes`,
        evidence: { count },
      }
  },
)
