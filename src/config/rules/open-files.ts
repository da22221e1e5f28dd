import { filesRule } from './rule.ts'

export const rule = filesRule(
  {
    id: 'L-M10',
    code: 'config.open-files',
    level: 'MEDIUM',
    summary: 'Too few files may be open.',
    cause: 'The limit of the user is below 4096; each connection is one.',
    evidence: 'The limit.',
    remedy: 'Set LimitNOFILE in the unit, or nofile in limits.conf, to 8192 or more.',
    source: 'operations: OS checklist',
  },
  function* ({ members, facts }) {
    const limit = facts.host?.openFiles
    const member = members[0]
    if (limit == null || limit >= 4096 || member === undefined) return
    yield { member, key: 'nofile', message: `${limit} files may be open`, evidence: { limit } }
  },
)
