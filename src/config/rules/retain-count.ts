import { numberOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-D03',
    code: 'config.retain-count',
    level: 'LOW',
    summary: 'Fewer than three snapshots are asked for.',
    cause: 'autopurge.snapRetainCount is below 3; the server keeps 3.',
    evidence: 'The value.',
    remedy: 'Write 3 or more.',
    source: 'QuorumPeerConfig',
  },
  function* (member, { release }) {
    const count = numberOf(member, 'autopurge.snapRetainCount', release)
    if (count !== null && count < 3)
      yield {
        setting: member.settings.get('autopurge.snapRetainCount'),
        message: `autopurge.snapRetainCount=${count} counts as 3`,
        evidence: { count },
      }
  },
)
