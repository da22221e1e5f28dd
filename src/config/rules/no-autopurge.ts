import { numberOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-D02',
    code: 'config.no-autopurge',
    level: 'HIGH',
    summary: 'Old snapshots and logs are never deleted.',
    cause: 'autopurge.purgeInterval is not set, or not above 0. The disk fills up.',
    evidence: 'The value.',
    remedy: 'Set autopurge.purgeInterval=1; or purge from a timer and ignore this.',
    source: 'DatadirCleanupManager',
  },
  function* (member, { release }) {
    const hours = numberOf(member, 'autopurge.purgeInterval', release)
    if (hours === null || hours > 0) return
    yield {
      setting: member.settings.get('autopurge.purgeInterval'),
      key: 'autopurge.purgeInterval',
      message: `autopurge.purgeInterval is ${hours}: snapshots and logs stay for ever`,
      evidence: { hours },
    }
  },
)
