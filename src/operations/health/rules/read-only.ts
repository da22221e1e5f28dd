import { stateOf } from '../../../cluster/observe/model.ts'
import { memberRule } from '../rule.ts'

export const readOnly = memberRule(
  {
    code: 'health.read-only',
    summary: 'A member is cut off and serves reads only.',
    cause: 'It has lost the majority and readonlymode.enabled is set.',
    evidence: 'Its mode.',
    remedy: 'Find out why it cannot reach the others; what it shows may be old.',
    source: 'ReadOnlyZooKeeperServer',
  },
  function* (member) {
    if (stateOf(member) !== 'read-only') return
    yield { severity: 'error', message: 'it has lost the others and serves old data for reading' }
  },
)
