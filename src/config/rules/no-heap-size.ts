import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-M02',
    code: 'config.no-heap-size',
    level: 'MEDIUM',
    summary: 'The size of the heap is not set.',
    cause: 'java.env has no -Xmx and no ZK_SERVER_HEAP: the launcher takes 1000 MB.',
    evidence: 'java.env.',
    remedy: 'Set -Xmx (and -Xms) in java.env.',
    source: 'zkEnv.sh',
  },
  function* (member) {
    if (member.jvm !== null && member.jvm.heapBytes === null)
      yield { key: '-Xmx', message: `${member.jvm.file} sets no -Xmx: the launcher takes 1000 MB` }
  },
)
