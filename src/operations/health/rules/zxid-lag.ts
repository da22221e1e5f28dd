import { stateOf } from '../../../cluster/observe/model.ts'
import { lagOf } from '../../ensemble/member-status.ts'
import { isSustained, memberRule } from '../rule.ts'

export const zxidLag = memberRule(
  {
    code: 'health.zxid-lag',
    summary: 'A member is far behind the leader.',
    cause: 'Its disk or network is slower than the ensemble writes.',
    evidence: 'By how many transactions, and how many they were in the run before.',
    remedy:
      'Look at its fsync times and its network. Past commitLogCount it will need a whole snapshot after a restart.',
    source: 'zxids of the same epoch; members are asked at slightly different moments',
    limits: { warn: 1000, critical: 500, unit: '' },
    remembers: ['lag'],
  },
  function* (member, view, { warn, critical }) {
    const lag = lagOf(member, view)
    if (lag === null || warn === null || lag < warn || !['following', 'observing'].includes(stateOf(member))) return
    const before = view.remembered(member)?.metrics.lag ?? null
    const grows = before !== null && lag > before
    const lasts = isSustained(view, 'health.zxid-lag', member)
    // one look may fall between a write and its commit here: only what grows counts
    const severity = grows && lasts && critical !== null && lag >= critical ? 'error' : grows ? 'warning' : 'info'
    yield { severity, message: `it is ${lag} transactions behind the leader`, evidence: { lag, before } }
  },
)
