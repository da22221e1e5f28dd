import { filesRule } from './rule.ts'

export const rule = filesRule(
  {
    id: 'L-M05',
    code: 'config.swap',
    level: 'HIGH',
    summary: 'The server can be swapped out.',
    cause: 'Swap is on and vm.swappiness is above 1.',
    evidence: 'Both.',
    remedy: 'Switch swap off, or set vm.swappiness=1.',
    source: 'best practices: do not swap',
  },
  function* ({ members, facts }) {
    const host = facts.host
    const member = members[0]
    if (host === null || member === undefined || host.swapBytes === 0 || (host.swappiness ?? 60) <= 1) return
    yield {
      member,
      key: 'vm.swappiness',
      message: `swap is on and vm.swappiness is ${host.swappiness ?? 'unknown'}`,
      evidence: { swapBytes: host.swapBytes, swappiness: host.swappiness },
    }
  },
)
