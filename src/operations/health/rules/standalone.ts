import { stateOf } from '../../../cluster/observe/model.ts'
import { memberRule } from '../rule.ts'

export const standalone = memberRule(
  {
    code: 'health.standalone',
    summary: 'A server that belongs to an ensemble runs alone.',
    cause: 'It was started with a configuration that names no other members, so it writes into a data set of its own.',
    evidence: 'Its mode, and how many members are expected.',
    remedy:
      'Stop it at once, so that no client writes there; put its server lines right; what was written to it has to be saved by hand.',
    source: 'ZooKeeperServerMain is started when there is at most one server line',
    expectedInMaintenance: false,
  },
  function* (member, { expected, members, membership, before }) {
    const several = expected.ensemble || members.length > 1 || (membership?.servers.size ?? 0) > 1
    if (stateOf(member) !== 'standalone' || !(several || (before?.voters ?? 0) > 1)) return
    const named = Math.max(expected.servers?.length ?? 0, members.length, before?.voters ?? 0)
    yield {
      severity: 'error',
      message: `it runs alone, and ${named} members are expected`,
      evidence: { expected: named },
    }
  },
)
