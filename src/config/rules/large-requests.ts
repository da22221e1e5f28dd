import { numberOf, settingOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-M06',
    code: 'config.large-requests',
    level: 'MEDIUM',
    summary: 'Requests of the largest size do not fit into the heap.',
    cause:
      'globalOutstandingLimit, or the entries of a cache, times jute.maxbuffer is more than a quarter of the heap.',
    evidence: 'The numbers.',
    remedy: 'Set largeRequestThreshold, and smaller caches; or a larger heap.',
    source: 'ZooKeeperServer, ResponseCache',
  },
  function* (member, { release }) {
    const heap = member.jvm?.heapBytes
    const buffer = numberOf(member, 'jute.maxbuffer', release)
    if (heap == null || buffer === null || (numberOf(member, 'largeRequestThreshold', release) ?? -1) > 0) return
    for (const key of ['globalOutstandingLimit', 'maxResponseCacheSize', 'maxGetChildrenResponseCacheSize']) {
      const count = numberOf(member, key, release)
      if (count === null || count * buffer <= heap / 4 || (key !== 'globalOutstandingLimit' && release.minor < 6))
        continue
      yield {
        setting: settingOf(member, key),
        key,
        message: `${key} (${count}) times jute.maxbuffer (${buffer}) is more than a quarter of the heap`,
        evidence: { count, juteMaxbuffer: buffer, heapBytes: heap },
      }
    }
  },
)
