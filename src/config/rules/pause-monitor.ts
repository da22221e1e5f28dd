import { isOn } from '../member.ts'
import { isSince } from '../release.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-M12',
    code: 'config.pause-monitor',
    level: 'LOW',
    summary: 'Pauses of the JVM are not measured.',
    cause: 'jvm.pause.monitor is not true.',
    evidence: 'The value.',
    remedy: 'Set jvm.pause.monitor=true.',
    source: 'JvmPauseMonitor',
  },
  function* (member, { release }) {
    if (isSince(release, '3.5.10 3.6.0') && release.minor >= 6 && !isOn(member, 'jvm.pause.monitor', release)) {
      yield {
        setting: member.settings.get('jvm.pause.monitor'),
        key: 'jvm.pause.monitor',
        message: 'jvm.pause.monitor is not true: pauses do not show in the metrics',
      }
    }
  },
)
