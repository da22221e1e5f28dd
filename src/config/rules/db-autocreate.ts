import { settingOf } from '../member.ts'
import { isEnsembleMember } from '../topology.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-D11',
    code: 'config.db-autocreate',
    level: 'HIGH',
    summary: 'A member with an empty directory votes at once.',
    cause:
      'db.autocreate is not false. A voter that lost its disk can then form a quorum that does not know acknowledged writes.',
    evidence: 'The value.',
    remedy:
      'Put -Dzookeeper.db.autocreate=false into java.env after the first start of the ensemble; for a first start make the file initialize beside version-2 of the log directory.',
    source: 'FileTxnSnapLog.restore; ZOOKEEPER-2325',
  },
  function* (member, { release }) {
    if (release.minor < 6 || !isEnsembleMember(member)) return
    const setting = settingOf(member, 'db.autocreate')
    if (setting?.value.toLowerCase() === 'false') return
    yield {
      setting,
      key: 'db.autocreate',
      message: 'db.autocreate is not false: a member that lost its data votes as if there had been none',
    }
  },
)
