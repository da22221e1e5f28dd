import { limitRule, metric } from '../rule.ts'

export const heap = limitRule(
  {
    code: 'health.heap',
    summary: 'Its heap is nearly full.',
    cause: 'The tree, watches or requests have grown, or garbage waits to be collected.',
    evidence:
      'The share of the heap that is in use, garbage included: three times in a row, because it comes and goes.',
    remedy:
      'Raise -Xmx as far as the memory of the machine goes, or find what has grown. A full heap pauses the server.',
    source: 'environment of the AdminServer (os.memory), or jvm_memory of the Prometheus provider',
    limits: { warn: 80, critical: 90, unit: '%' },
    sustained: true,
  },
  (member) => {
    const [used, most] = [metric(member, 'heap_used'), metric(member, 'heap_max')]
    return used === null || most === null || most <= 0 ? null : (used * 100) / most
  },
  (value) => `its heap is ${value} full`,
)
