import { settingOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-D12',
    code: 'config.datadir-autocreate',
    level: 'MEDIUM',
    summary: 'A missing directory is made silently.',
    cause: 'datadir.autocreate is not false. When a disk is not mounted the server starts empty on the disk below.',
    evidence: 'The value.',
    remedy: 'Put -Dzookeeper.datadir.autocreate=false into java.env.',
    source: 'FileTxnSnapLog',
  },
  function* (member, { release }) {
    if (release.minor < 5) return
    const setting = settingOf(member, 'datadir.autocreate')
    if (setting?.value.toLowerCase() === 'false') return
    yield {
      setting,
      key: 'datadir.autocreate',
      message: 'datadir.autocreate is not false: without its disk the server starts empty',
    }
  },
)
