import { memberRule, metric } from '../rule.ts'

export const unrecoverableErrors = memberRule(
  {
    code: 'health.unrecoverable-errors',
    summary: 'One of its threads has died.',
    cause: 'An exception that the server cannot handle; it may go on answering and do nothing.',
    evidence: 'How many threads.',
    remedy: 'Read "Severe unrecoverable error" in its log, and restart this one member.',
    source: 'unrecoverable_error_count (3.6 on)',
  },
  function* (member) {
    const times = metric(member, 'unrecoverable_error_count') ?? 0
    if (times <= 0) return
    yield { severity: 'error', message: `${times} of its threads ended with an error`, evidence: { times } }
  },
)
