import { idOf, stateOf } from '../../../cluster/observe/model.ts'
import { rule } from '../rule.ts'
import { votersAmong } from '../view.ts'

export const domainMajority = rule(
  {
    code: 'health.domain-majority',
    summary: 'The loss of one zone stops the ensemble.',
    cause: 'So many of the voters that serve are in one zone that the others are no quorum.',
    evidence: 'The zone, how many voters serve there, and how many are needed.',
    remedy: 'Bring back the voters of the other zones, or spread voters over three zones.',
    source: 'zones of the inventory',
  },
  function* (view) {
    const { expected, quorum, isEnsemble, hasQuorum } = view
    if (!isEnsemble || !hasQuorum || expected.zones.size === 0) return
    const live = votersAmong(view).filter((member) => ['leading', 'following'].includes(stateOf(member)))
    const zones = live.map((member) => expected.zones.get(idOf(member) ?? -1))
    if (zones.includes(undefined) || new Set(expected.zones.values()).size < 2) return
    for (const zone of new Set(zones)) {
      const there = zones.filter((one) => one === zone).length
      if (live.length - there >= quorum.needed) continue
      const message = `${there} of the ${live.length} voters that serve are in ${zone}: without it there is no quorum`
      yield { severity: 'warning', message, evidence: { zone, there, serving: live.length, needed: quorum.needed } }
    }
  },
)
