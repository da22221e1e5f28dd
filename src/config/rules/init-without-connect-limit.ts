import { numberOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-T09',
    code: 'config.init-without-connect-limit',
    level: 'LOW',
    summary: 'An unreachable leader is noticed late.',
    cause: 'initLimit is above 60 ticks and connectToLearnerMasterLimit is not set.',
    evidence: 'The limit.',
    remedy: 'Set connectToLearnerMasterLimit=10.',
    source: 'Learner.connectToLeader',
  },
  function* (member, { release }) {
    const init = numberOf(member, 'initLimit', release)
    if (
      release.minor < 6 ||
      init === null ||
      init <= 60 ||
      (numberOf(member, 'connectToLearnerMasterLimit', release) ?? 0) > 0
    )
      return
    yield {
      setting: member.settings.get('initLimit'),
      message: `connecting to an unreachable leader takes up to ${init} ticks`,
      evidence: { initLimit: init },
    }
  },
)
