import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-M01',
    code: 'config.heap-too-large',
    level: 'HIGH',
    summary: 'The heap leaves too little memory.',
    cause:
      '-Xmx is above three quarters of what there is, or heap, direct memory and 512 MB are above it. The machine swaps or kills the server.',
    evidence: 'Heap and memory.',
    remedy: 'Lower -Xmx.',
    source: 'deployment guide',
  },
  function* (member, { facts }) {
    const { jvm } = member
    const ram = facts.host?.ramBytes
    if (jvm?.heapBytes == null || ram === undefined) return
    const all = jvm.heapBytes + (jvm.directBytes ?? 0) + 512 * 2 ** 20
    if (jvm.heapBytes <= 0.75 * ram && all <= ram) return
    yield {
      key: '-Xmx',
      message: `-Xmx is ${jvm.heapBytes} of ${ram} bytes of memory`,
      evidence: { heapBytes: jvm.heapBytes, ramBytes: ram },
    }
  },
)
