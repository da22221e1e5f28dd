import type { ObservedMember } from '../../../cluster/observe/model.ts'
import { isSustained, metric, rounded, rule, severityOf } from '../rule.ts'
import type { HealthView } from '../view.ts'

export const znodesDiffer = rule(
  {
    code: 'health.znodes-differ',
    summary: 'Members hold different numbers of znodes.',
    cause: 'One of them lags, or their data has diverged.',
    evidence: 'The fewest and the most.',
    remedy: 'If it lasts, compare them: zkops ensemble divergence, or zkops data compare on the directories.',
    source: 'znode_count of members that serve',
    limits: { warn: 1, critical: 10, unit: '%' },
  },
  function* (view, limits) {
    const spread = spreadOf(view, 'znode_count')
    const reached = spread === null ? null : severityOf(spread.percent, limits)
    if (spread === null || reached === null) return
    const severity = reached === 'error' && !isSustained(view, 'health.znodes-differ') ? 'warning' : reached
    const message = `members hold between ${spread.least} and ${spread.most} znodes (${rounded(spread.percent)}%)`
    yield { severity, message, evidence: { ...spread } }
  },
)

export interface Spread {
  readonly least: number
  readonly most: number
  readonly percent: number
}

/** Small numbers jump while members are asked one after another. */
const SMALL = 10

export function spreadOf({ members }: HealthView, name: string): Spread | null {
  const values = members.filter(serves).flatMap((member) => metric(member, name) ?? [])
  if (values.length < 2) return null
  const least = Math.min(...values)
  const most = Math.max(...values)
  return { least, most, percent: most - least < SMALL ? 0 : ((most - least) * 100) / most }
}

const serves = ({ answer }: ObservedMember): boolean =>
  answer !== null && ['leading', 'following', 'observing'].includes(answer.state)
