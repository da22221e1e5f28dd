import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-M03',
    code: 'config.heap-resizes',
    level: 'LOW',
    summary: 'The heap grows while the server runs.',
    cause: '-Xms is not -Xmx.',
    evidence: 'Both.',
    remedy: 'Use the same for both.',
    source: 'operations: JVM flags',
  },
  function* (member) {
    const { jvm } = member
    if (jvm?.heapBytes == null || jvm.startHeapBytes === jvm.heapBytes) return
    yield {
      key: '-Xms',
      message: `-Xms is ${jvm.startHeapBytes ?? 'not set'} and -Xmx ${jvm.heapBytes}`,
      evidence: { xms: jvm.startHeapBytes, xmx: jvm.heapBytes },
    }
  },
)
