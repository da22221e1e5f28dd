import { memberName } from '../../ensemble/overview.ts'
import { metric, rule } from '../rule.ts'

const YOUNG_MS = 5 * 60_000

export const leaderYoung = rule(
  {
    code: 'health.leader-young',
    summary: 'The leader has led for less than five minutes.',
    cause: 'There was an election: after a restart it is expected, else it is a symptom.',
    evidence: 'For how long it has led.',
    remedy: 'With a state file a change of leaders is told as such; see health.leader-changed.',
    source: 'leader_uptime (3.6 on)',
  },
  function* ({ leader, isEnsemble }) {
    const uptimeMs = leader === null ? null : metric(leader, 'leader_uptime')
    if (!isEnsemble || leader === null || uptimeMs === null || uptimeMs >= YOUNG_MS) return
    const message = `${memberName(leader)} has led for ${Math.round(uptimeMs / 1000)} s only`
    yield { severity: 'info', message, evidence: { leaderUptimeMs: uptimeMs } }
  },
)
