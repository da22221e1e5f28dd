import { treeHeapBytes } from '../../forecast/needs.ts'
import { limitRule, metric } from '../rule.ts'

export const heapTree = limitRule(
  {
    code: 'health.heap-tree',
    summary: 'The tree is large for its heap.',
    cause: 'Znodes, data or watches have grown; all of them are held in memory.',
    evidence: 'The share of the heap that tree and watches take, by their numbers.',
    remedy:
      'Raise -Xmx on all members, one by one; zkops snapshot du shows what is large. Half of the heap should be free.',
    source: 'data, about 350 bytes for each znode and 100 for each watch, against the heap',
    limits: { warn: 50, critical: 65, unit: '%' },
  },
  (member) => {
    const most = metric(member, 'heap_max')
    const [dataBytes, znodes] = [metric(member, 'approximate_data_size'), metric(member, 'znode_count')]
    if (most === null || most <= 0 || dataBytes === null || znodes === null) return null
    const [ephemerals, watches] = [metric(member, 'ephemerals_count') ?? 0, metric(member, 'watch_count') ?? 0]
    return (treeHeapBytes({ dataBytes, znodes, ephemerals, watches }) * 100) / most
  },
  (value) => `tree and watches take about ${value} of its heap`,
)
