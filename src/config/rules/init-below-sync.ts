import { numberOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-T03',
    code: 'config.init-below-sync',
    level: 'MEDIUM',
    summary: 'initLimit is below syncLimit.',
    cause: 'Joining takes longer than staying.',
    evidence: 'Both.',
    remedy: 'Use at least initLimit=10, syncLimit=5.',
    source: 'operations: timing',
  },
  function* (member, { release }) {
    const [init, sync] = [numberOf(member, 'initLimit', release), numberOf(member, 'syncLimit', release)]
    if (init !== null && sync !== null && init < sync)
      yield {
        setting: member.settings.get('initLimit'),
        message: `initLimit=${init} is below syncLimit=${sync}`,
        evidence: { initLimit: init, syncLimit: sync },
      }
  },
)
