import { memberRule } from '../rule.ts'

export const digestMismatches = memberRule(
  {
    code: 'health.digest-mismatches',
    summary: "Its data is not what the leader's transactions make.",
    cause: 'Its data has diverged; or members of different releases run together.',
    evidence: 'How many digests did not fit since the run before.',
    remedy: 'Compare the members with zkops ensemble divergence; then let the odd one synchronise from the leader.',
    source: 'digest_mismatches_count (3.6 on)',
    remembers: ['digest_mismatches_count'],
    expectedInMaintenance: false,
  },
  function* (member, view) {
    const times = view.delta(member, 'digest_mismatches_count') ?? 0
    if (times === 0) return
    const mixed = new Set(view.members.flatMap(({ answer }) => answer?.version ?? [])).size > 1
    const message = `${times === 1 ? 'a digest' : `${times} digests`} did not fit since the run before`
    // digests of different releases need not be the same
    yield { severity: mixed ? 'info' : 'error', message, evidence: { times, mixedReleases: mixed } }
  },
)
