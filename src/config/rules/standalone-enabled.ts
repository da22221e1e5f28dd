import { effectiveOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-E07',
    code: 'config.standalone-enabled',
    level: 'MEDIUM',
    summary: 'standaloneEnabled is not false.',
    cause:
      'By default a single server runs alone: it cannot grow to an ensemble while it runs, and an ensemble cannot shrink below two.',
    evidence: 'The value.',
    remedy: 'Set standaloneEnabled=false; then initLimit, syncLimit, a server line and myid are needed.',
    source: 'dynamic reconfiguration guide',
  },
  function* (member, { release }) {
    if (release.minor >= 5 && effectiveOf(member, 'standaloneEnabled', release)?.toLowerCase() !== 'false') {
      yield {
        setting: member.settings.get('standaloneEnabled'),
        key: 'standaloneEnabled',
        message: 'standaloneEnabled is not false: one server cannot grow, two cannot shrink',
      }
    }
  },
)
