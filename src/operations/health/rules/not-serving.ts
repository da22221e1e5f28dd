import { stateOf } from '../../../cluster/observe/model.ts'
import { memberKey } from '../../ensemble/overview.ts'
import { rule } from '../rule.ts'

const AFTER_MS = 30_000

export const notServing = rule(
  {
    code: 'health.not-serving',
    summary: 'A member answers, but serves no requests.',
    cause:
      'It looks for a leader, is still loading or synchronising; or one of its threads has died and it is a zombie.',
    evidence: 'Since when, and what it does inside the protocol where it tells.',
    remedy:
      'While others serve: give it initLimit to synchronise. If it stays out, read its log and restart this one member.',
    source: 'ZooKeeperServer.isRunning; four-letter words say "not currently serving requests"',
    perMember: true,
  },
  function* (view) {
    for (const member of view.members) {
      if (stateOf(member) !== 'looking') continue
      const { forMs } = view.breach('health.not-serving', memberKey(member))
      const long = forMs > Math.max(AFTER_MS, view.initLimitMs())
      const zab = member.answer?.zabState ?? null
      const since = forMs === 0 ? '' : ` for ${Math.round(forMs / 1000)} s at least`
      const doing = zab === null || zab === '' ? '' : ` (${zab})`
      const message = `it answers, but does not serve requests${since}${doing}`
      yield { severity: long ? 'error' : 'warning', member, message, evidence: { forMs, zabState: zab } }
    }
  },
)
