import { limitRule } from '../rule.ts'

export const jvmPause = limitRule(
  {
    code: 'health.jvm-pause',
    summary: 'The JVM stood still.',
    cause: 'Garbage collection with too small or too large a heap, swapping, or a host that was frozen.',
    evidence: 'Milliseconds of pauses since the run before.',
    remedy: 'Look at its garbage collection log; the heap must fit into memory without swap.',
    source: 'jvm_pause_time_ms (3.6.2 on, with jvm.pause.monitor=true)',
    limits: { warn: 1000, critical: 5000, unit: 'ms' },
    remembers: ['sum_jvm_pause_time_ms'],
  },
  (member, view) => view.delta(member, 'sum_jvm_pause_time_ms'),
  (value) => `its JVM stood still for ${value} since the run before`,
)
