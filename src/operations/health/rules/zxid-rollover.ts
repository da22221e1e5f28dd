import { counterOf } from '../../../cluster/observe/model.ts'
import { rounded, rule, severityOf } from '../rule.ts'

const ALL = 2 ** 32
const DAY_MS = 86_400_000

export const zxidRollover = rule(
  {
    code: 'health.zxid-rollover',
    summary: 'The counter of the zxid comes to its end.',
    cause: 'It has 32 bits. At the end of them the leader resigns, and there is an unplanned election.',
    evidence: 'How far it is, and how many days are left at the rate since the run before.',
    remedy: 'Restart the leader in a quiet hour: a new epoch begins at 0.',
    source: 'ZOOKEEPER-1277, Leader.propose',
    limits: { warn: 80, critical: 95, unit: '%' },
    remembers: ['counter', 'epoch'],
  },
  function* ({ leader, elapsedMs, remembered }, limits) {
    const zxid = leader?.answer?.zxid ?? null
    if (leader === null || zxid === null) return
    const counter = Number(counterOf(zxid))
    const percent = (counter * 100) / ALL
    const then = remembered(leader)?.metrics
    const sameEpoch = then?.epoch === Number(zxid >> 32n)
    const grown = sameEpoch && elapsedMs !== null && elapsedMs > 0 ? counter - (then?.counter ?? counter) : 0
    const daysLeft = grown > 0 ? ((ALL - counter) / grown) * (elapsedMs! / DAY_MS) : null
    const soon = daysLeft === null ? null : daysLeft < 1 ? 'error' : daysLeft < 7 ? 'warning' : null
    const severity = severityOf(percent, limits) === 'error' ? 'error' : (soon ?? severityOf(percent, limits))
    if (severity === null) return
    const days = daysLeft === null ? '' : `, at this rate ${rounded(daysLeft)} days are left`
    // 100% it never is
    const reached = Math.floor(percent * 100) / 100
    const message = `the zxid counter has reached ${reached}%${days}`
    yield { severity, message, evidence: { counter, percent: reached, daysLeft } }
  },
)
