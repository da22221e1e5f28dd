import { isOn } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-V05',
    code: 'config.reconfig-too-old',
    level: 'MEDIUM',
    summary: 'Reconfiguration has known faults in this release.',
    cause: 'Deadlocks and crashes before 3.5.5.',
    evidence: 'The release.',
    remedy: 'Upgrade before changing members at run time.',
    source: 'ZOOKEEPER-2982 and others',
  },
  function* (member, { release, exactRelease }) {
    if (exactRelease && release.minor === 5 && release.patch < 5 && isOn(member, 'reconfigEnabled', release)) {
      yield {
        setting: member.settings.get('reconfigEnabled'),
        message: `${release.name} has deadlocks and crashes in reconfiguration`,
      }
    }
  },
)
