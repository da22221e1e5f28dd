import { numberOf } from '../member.ts'
import { isEnsembleMember } from '../topology.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-T04',
    code: 'config.sync-too-short',
    level: 'HIGH',
    summary: 'Followers are dropped for short pauses.',
    cause: 'tickTime times syncLimit is less than 4 s; a collection of garbage or a slow fsync takes that.',
    evidence: 'The product.',
    remedy: 'Raise syncLimit to 5 or more.',
    source: 'LearnerHandler; operations: timing',
  },
  function* (member, { release }) {
    const [tick, sync] = [numberOf(member, 'tickTime', release), numberOf(member, 'syncLimit', release)]
    if (tick === null || sync === null || !isEnsembleMember(member) || tick * sync >= 4000) return
    yield {
      setting: member.settings.get('syncLimit'),
      message: `a follower is dropped after ${tick * sync} ms`,
      evidence: { limitMs: tick * sync },
    }
  },
)
