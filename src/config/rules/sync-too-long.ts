import { numberOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-T05',
    code: 'config.sync-too-long',
    level: 'MEDIUM',
    summary: 'A dead follower or leader is noticed late.',
    cause: 'tickTime times syncLimit is above 30 s.',
    evidence: 'The product.',
    remedy: 'Lower syncLimit.',
    source: 'operations: timing',
  },
  function* (member, { release }) {
    const [tick, sync] = [numberOf(member, 'tickTime', release), numberOf(member, 'syncLimit', release)]
    if (tick === null || sync === null || tick * sync <= 30_000) return
    yield {
      setting: member.settings.get('syncLimit'),
      message: `a dead leader is noticed after up to ${tick * sync} ms`,
      evidence: { limitMs: tick * sync },
    }
  },
)
