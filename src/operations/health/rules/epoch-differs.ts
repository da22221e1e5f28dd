import { counterOf, epochOf, stateOf } from '../../../cluster/observe/model.ts'
import { memberKey, memberName } from '../../ensemble/overview.ts'
import { memberRule } from '../rule.ts'

const AFTER_MS = 60_000
/** Until the first transactions of an epoch have gone round, members may still show the last one of the epoch before. */
const FEW = 100n

export const epochDiffers = memberRule(
  {
    code: 'health.epoch-differs',
    summary: 'A member is in another epoch than the leader.',
    cause: 'It follows another leader, or has not noticed that the leader changed.',
    evidence: 'Both epochs.',
    remedy: 'If it lasts longer than a minute, look at whom it follows (its log), and restart it.',
    source: 'the upper half of the zxid',
  },
  function* (member, view) {
    const ahead = view.leader?.answer?.zxid
    const own = member.answer?.zxid
    if (ahead == null || own == null || member === view.leader || epochOf(own) === epochOf(ahead)) return
    if (!['following', 'observing', 'leading'].includes(stateOf(member))) return
    if (epochOf(own) < epochOf(ahead) && counterOf(ahead) < FEW) return
    const { forMs } = view.breach('health.epoch-differs', memberKey(member))
    const message = `it is in epoch ${epochOf(own)}, ${memberName(view.leader!)} leads in epoch ${epochOf(ahead)}`
    yield { severity: forMs > AFTER_MS ? 'error' : 'warning', message, evidence: { zxid: own, leaderZxid: ahead } }
  },
)
