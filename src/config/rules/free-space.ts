import { numberOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-D10',
    code: 'config.free-space',
    level: 'HIGH',
    summary: 'Too little space is free for snapshots and logs.',
    cause:
      'The device is too small or too full. A server that cannot write exits, and a file cut short can keep it from starting.',
    evidence: 'Free and needed bytes.',
    remedy: 'Free space, purge more often, or use a larger device.',
    source: 'operations: disk space',
  },
  function* (member, { release, facts }) {
    const data = member.settings.get('dataDir')?.value
    const log = member.settings.get('dataLogDir')?.value ?? data
    const step = (numberOf(member, 'preAllocSize', release) ?? 65_536) * 1024
    const retain = Math.max(3, numberOf(member, 'autopurge.snapRetainCount', release) ?? 3)
    const needs = [
      [data, ((facts.directories.get(data ?? '')?.snapshotBytes ?? 0) + 1) * (retain + 2)],
      [log, (retain + 2) * step],
    ] as const
    for (const [directory, needed] of needs) {
      const free = facts.directories.get(directory ?? '')?.freeBytes
      if (free == null || free >= needed) continue
      yield {
        key: directory === log ? 'dataLogDir' : 'dataDir',
        message: `${directory} has ${free} bytes free, at least ${needed} are needed`,
        evidence: { freeBytes: free, neededBytes: needed },
      }
    }
  },
)
