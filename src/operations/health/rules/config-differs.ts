import { type Membership, peersText } from '../../../cluster/observe/membership.ts'
import { groupMembers, idsOf, namesOf, rule } from '../rule.ts'

const AFTER_MS = 60_000

export const configDiffers = rule(
  {
    code: 'health.config-differs',
    summary: 'Members do not have the same members in their configuration.',
    cause: 'A reconfiguration has not reached all of them, or their files differ.',
    evidence: 'Which members have which version.',
    remedy:
      'Right after a reconfiguration wait a minute. Else compare with zkops config diff, and restart the odd ones with the right lines.',
    source: 'conf and /zookeeper/config of each member',
  },
  function* (view) {
    const groups = groupMembers(view.members, ({ answer }) =>
      answer?.membership == null ? undefined : keyOf(answer.membership),
    )
    if (groups.size < 2) return
    const bySize = [...groups.values()].sort((a, b) => b.length - a.length)
    const odd = bySize.slice(1).flat()
    const versions = view.members.map(({ answer }) => answer?.membership?.version ?? null)
    const severity = view.breach('health.config-differs', null).forMs > AFTER_MS ? 'error' : 'warning'
    const message = `${namesOf(odd)} ${odd.length === 1 ? 'has' : 'have'} another configuration than ${namesOf(bySize[0]!)}`
    yield { severity, message, evidence: { odd: idsOf(odd), versions } }
  },
)

/** The same source only: a voting view knows no observers and no version. */
function keyOf(membership: Membership): string | undefined {
  return membership.from === 'conf' ? `${membership.version}\n${peersText(membership)}` : undefined
}
