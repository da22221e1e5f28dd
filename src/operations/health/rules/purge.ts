import { memberKey } from '../../ensemble/overview.ts'
import { memberRule } from '../rule.ts'

const HOUR_MS = 3_600_000

export const purge = memberRule(
  {
    code: 'health.purge',
    summary: 'Old snapshots lie there that autopurge should have removed.',
    cause: 'It was set after the start, fails (rights), or snapshots are damaged, which it does not count.',
    evidence: 'How many snapshots are older than two intervals, and how many autopurge leaves.',
    remedy: 'Restart the member if autopurge was set since; look at its log. zkops data purge shows what may go.',
    source: 'autopurge.* of its zoo.cfg and the times of its snapshots, with --local; DatadirCleanupManager',
  },
  function* (member, { at, local }) {
    const facts = local.get(memberKey(member))
    const purging = facts?.config?.purge ?? null
    if (facts === undefined || purging === null || facts.startedAtMs === null) return
    // two intervals: one may just be over
    const due = at.getTime() - 2 * purging.hours * HOUR_MS
    const old = facts.snapshotsAtMs.filter((time) => time < due).length
    if (facts.startedAtMs > due || old <= purging.keep) return
    const message = `${old} snapshots are older than two intervals of autopurge, which leaves ${purging.keep}`
    yield { severity: 'warning', message, evidence: { old, ...purging } }
  },
)
