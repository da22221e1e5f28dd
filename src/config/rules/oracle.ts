import { votersOf } from '../ensemble.ts'
import { isSince } from '../release.ts'
import { filesRule } from './rule.ts'

export const rule = filesRule(
  {
    id: 'L-E13',
    code: 'config.oracle',
    level: 'HIGH',
    summary: 'The oracle can let both of two servers decide alone.',
    cause: 'Both read the same oracle, or there are not two voters, for which alone it is made.',
    evidence: 'The path and the number of voters.',
    remedy: 'Use it with exactly two voters and an oracle that says yes to one of them only.',
    source: 'QuorumOracleMaj',
  },
  function* ({ members, release }) {
    if (!isSince(release, '3.8.0')) return
    const users = members.filter(({ settings }) => settings.has('oraclePath'))
    for (const member of users) {
      const setting = member.settings.get('oraclePath')!
      const voters = votersOf(member.ensemble).length
      if (voters !== 2)
        yield { member, setting, message: `oraclePath is for two voters, not ${voters}`, evidence: { voters } }
      const other = users.find((one) => one !== member && one.settings.get('oraclePath')!.value === setting.value)
      if (other !== undefined)
        yield {
          member,
          setting,
          message: `${other.file} names the same oracle ${setting.value}: if the file is shared, both may lead at once`,
          evidence: { other: other.file },
        }
    }
  },
)
