import { keySpec } from '../keys/table.ts'
import { shownValue } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'E5',
    code: 'config.comment-in-value',
    level: 'MEDIUM',
    summary: 'A comment stands behind a value and is taken for a part of it.',
    cause: 'Comments have lines of their own; what stands behind a value belongs to it.',
    evidence: 'The value as the server reads it.',
    remedy: 'Put the comment on a line of its own.',
    source: 'java.util.Properties',
  },
  function* (member) {
    for (const setting of member.settings.values()) {
      const { key, value } = setting
      if (keySpec(key) === undefined || !/\s(#|\/\/)(\s|$)/.test(value)) continue
      yield { setting, message: `${key} is read as ${JSON.stringify(shownValue(key, value))}` }
    }
  },
)
