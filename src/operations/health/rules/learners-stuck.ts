import { stateOf } from '../../../cluster/observe/model.ts'
import { memberName } from '../../ensemble/overview.ts'
import { metric, rule } from '../rule.ts'

export const learnersStuck = rule(
  {
    code: 'health.learners-stuck',
    summary: 'The leader has learners that are not synchronised.',
    cause:
      'A member loads the snapshot that the leader sends it; or it does so again and again because initLimit is too short.',
    evidence: 'Learners, and how many of them are synchronised.',
    remedy: 'If it lasts longer than initLimit, raise initLimit on all members before anything is restarted.',
    source: 'learners, synced_followers and synced_observers of the leader',
  },
  function* (view) {
    const { leader, members } = view
    if (leader === null) return
    const learners = metric(leader, 'learners')
    const followers = metric(leader, 'synced_followers')
    if (learners === null || followers === null) return
    // 3.4 and 3.5 count observers among the learners and do not tell how many are synchronised: those who were not
    // looked at may all be such
    const seen = members.filter((member) => ['observing', 'unknown'].includes(stateOf(member))).length
    const unnamed = Math.max(0, learners + 1 - members.length)
    const synced = followers + (metric(leader, 'synced_observers') ?? seen + unnamed)
    if (learners <= synced) return
    const { forMs } = view.breach('health.learners-stuck', null)
    const message = `${learners - synced} of ${learners} learners of ${memberName(leader)} are not synchronised`
    const severity = forMs > view.initLimitMs() ? 'warning' : 'info'
    yield { severity, message, evidence: { learners, synced, forMs } }
  },
)
