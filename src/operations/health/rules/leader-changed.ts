import { idOf } from '../../../cluster/observe/model.ts'
import { memberName } from '../../ensemble/overview.ts'
import { rule } from '../rule.ts'

const OFTEN = 3

export const leaderChanged = rule(
  {
    code: 'health.leader-changed',
    summary: 'Another member leads than in the run before.',
    cause: 'The old leader was restarted, died, paused too long, or lost its followers.',
    evidence: 'Both leaders, and how many changes there were in the last hour.',
    remedy: 'If nobody restarted it, read the log of the old leader around that time: fsync, pauses, network.',
    source: 'the leader of the run before, from the state file',
  },
  function* ({ leader, before, at }) {
    const now = leader === null ? null : idOf(leader)
    if (leader === null || before === null || before.leader === null || now === before.leader) return
    const recent = before.leaderChanges.filter((moment) => at.getTime() - Date.parse(moment) < 3_600_000).length + 1
    const times = recent === 1 ? '' : `, the ${recent}th change within an hour`
    const message = `${memberName(leader)} leads now, server ${before.leader} did in the run before${times}`
    const evidence = { leader: now, before: before.leader, changesInHour: recent }
    yield { severity: recent >= OFTEN ? 'error' : 'warning', message, evidence }
  },
)
