import { filesRule } from './rule.ts'

export const rule = filesRule(
  {
    id: 'L-V01',
    code: 'config.release-loses-data',
    level: 'ERROR',
    summary: 'This release loses data.',
    cause: '3.9.3 drops transactions when a follower is brought up.',
    evidence: 'The release.',
    remedy: 'Use 3.9.4 or later.',
    source: 'ZOOKEEPER-4925',
  },
  function* ({ members: [member], release, exactRelease }) {
    if (member === undefined || !exactRelease || !(release.minor === 9 && release.patch === 3)) return
    yield { member, message: '3.9.3 can lose data; use 3.9.4 or later' }
  },
)
