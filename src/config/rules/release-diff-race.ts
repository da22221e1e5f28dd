import { filesRule } from './rule.ts'

export const rule = filesRule(
  {
    id: 'L-V02',
    code: 'config.release-diff-race',
    level: 'HIGH',
    summary: 'This release can lose transactions while a follower is brought up.',
    cause: 'A race in the synchronisation by DIFF.',
    evidence: 'The release.',
    remedy: 'Use 3.8.5, 3.9.2 or later; not 3.9.3.',
    source: 'ZOOKEEPER-4785',
  },
  function* ({ members: [member], release, exactRelease }) {
    if (member === undefined || !exactRelease) return
    const { minor, patch } = release
    if (minor < 8 || (minor === 8 && patch < 5) || (minor === 9 && patch < 2)) {
      yield { member, message: `${release.name} can lose transactions in a DIFF sync` }
    }
  },
)
