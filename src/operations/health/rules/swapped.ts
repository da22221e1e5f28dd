import { memberKey } from '../../ensemble/overview.ts'
import { memberRule } from '../rule.ts'

export const swapped = memberRule(
  {
    code: 'health.swapped',
    summary: 'A part of its memory lies in swap.',
    cause: 'The machine has too little memory for its heap and whatever else runs there.',
    evidence: 'How many bytes, and how many there were in the run before.',
    remedy:
      'Turn swap off or vm.swappiness down to 1, and give the heap less than the memory of the machine. Sessions expire while it waits for its memory.',
    source: 'VmSwap of its process, with --local',
    remembers: ['swapped_bytes'],
  },
  function* (member, view) {
    const bytes = view.local.get(memberKey(member))?.swappedBytes ?? 0
    if (bytes === 0) return
    const before = view.remembered(member)?.metrics.swapped_bytes ?? null
    const severity = before !== null && bytes > before ? 'error' : 'warning'
    const grows = severity === 'error' ? ', and it grows' : ''
    yield { severity, message: `${bytes} bytes of its memory lie in swap${grows}`, evidence: { bytes, before } }
  },
)
