import { numberOf } from '../member.ts'
import { isEnsembleMember } from '../topology.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-T02',
    code: 'config.init-too-short',
    level: 'HIGH',
    summary: 'Followers cannot be brought up in the time they get.',
    cause:
      'initLimit is less than three times what sending, writing and loading a snapshot takes. A member that needs one never joins.',
    evidence: 'Size of the newest snapshot and the estimate (1 Gb/s, 80 MB/s).',
    remedy:
      'Raise initLimit on every member; with connectToLearnerMasterLimit an unreachable leader is still noticed fast.',
    source: 'Learner.syncWithLeader; operations: timing',
  },
  function* (member, { release, facts }) {
    const bytes = facts.directories.get(member.settings.get('dataDir')?.value ?? '')?.snapshotBytes
    const [tick, init] = [numberOf(member, 'tickTime', release), numberOf(member, 'initLimit', release)]
    if (bytes == null || tick === null || init === null || !isEnsembleMember(member)) return
    const syncMs = Math.round((bytes / 110e6 + bytes / 80e6 + bytes / 336 / 300e3) * 1000)
    if (tick * init >= 3 * syncMs) return
    yield {
      setting: member.settings.get('initLimit'),
      message: `initLimit gives ${tick * init} ms, bringing a follower up takes about ${syncMs} ms`,
      evidence: { snapshotBytes: bytes, syncMs, limitMs: tick * init },
    }
  },
)
