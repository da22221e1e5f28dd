import { isSustained, lowered, rounded, rule, severityOf } from '../rule.ts'
import { spreadOf } from './znodes-differ.ts'

export const ephemeralsDiffer = rule(
  {
    code: 'health.ephemerals-differ',
    summary: 'Members hold different numbers of ephemeral znodes.',
    cause: 'One of them lags, or ephemerals were left behind on one of them.',
    evidence: 'The fewest and the most.',
    remedy: 'If it lasts, compare the members; restarting the odd one makes it synchronise.',
    source: 'ephemerals_count of members that serve',
    limits: { warn: 5, critical: null, unit: '%' },
  },
  function* (view, limits) {
    const spread = spreadOf(view, 'ephemerals_count')
    const reached = spread === null ? null : severityOf(spread.percent, limits)
    if (spread === null || reached === null) return
    const severity = isSustained(view, 'health.ephemerals-differ') ? reached : lowered(reached)
    const message = `members hold between ${spread.least} and ${spread.most} ephemerals (${rounded(spread.percent)}%)`
    yield { severity, message, evidence: { ...spread } }
  },
)
