import { memberRule } from '../rule.ts'

export const snapshotErrors = memberRule(
  {
    code: 'health.snapshot-errors',
    summary: 'Snapshots could not be written.',
    cause: 'Its data device is full or broken.',
    evidence: 'How many failed since the run before.',
    remedy: 'Free space, or look at the device, before it has to be restarted: logs grow without snapshots.',
    source: 'snapshot_error_count (3.9 on)',
    remembers: ['snapshot_error_count'],
  },
  function* (member, view) {
    const times = view.delta(member, 'snapshot_error_count') ?? 0
    if (times === 0) return
    const message = `${times === 1 ? 'a snapshot' : `${times} snapshots`} could not be written since the run before`
    yield { severity: 'error', message, evidence: { times } }
  },
)
