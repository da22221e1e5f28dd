import { memberRule } from '../rule.ts'

/** Counters of the process, which nothing but its end takes back. */
const PROCESS = ['bytes_received_count', 'looking_count', 'connection_request_count', 'commit_count', 'proposal_count']

export const restarted = memberRule(
  {
    code: 'health.restarted',
    summary: 'A server was started anew since the run before.',
    cause: 'Somebody restarted it, or it died and was started again by its supervisor.',
    evidence: 'The counter that fell.',
    remedy: 'If nobody did it, look at the end of its old log and for an out-of-memory kill.',
    source: 'counters of the process that are smaller than in the run before (3.6 on)',
    remembers: PROCESS,
  },
  function* (member, view) {
    const then = view.remembered(member)?.metrics
    const fell = PROCESS.find((name) => (member.answer?.metrics.get(name) ?? Infinity) < (then?.[name] ?? 0))
    if (fell === undefined) return
    const evidence = { counter: fell, before: then?.[fell], now: member.answer?.metrics.get(fell) }
    yield { severity: 'warning', message: 'it was started anew since the run before', evidence }
  },
)
