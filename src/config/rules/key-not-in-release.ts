import { keySpec } from '../keys/table.ts'
import { isSince } from '../release.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'E10',
    code: 'config.key-not-in-release',
    level: 'MEDIUM',
    summary: 'This release does not know the key yet.',
    cause:
      'The file is for a newer release, or documentation of one was followed. The key becomes a system property that nobody reads.',
    evidence: 'The first release that has it.',
    remedy: 'Upgrade first, or remove the line.',
    source: 'the sources of all releases',
  },
  function* (member, { release }) {
    for (const setting of member.settings.values()) {
      const spec = keySpec(setting.key)
      if (spec === undefined || spec.place === 'member' || isSince(release, spec.since)) continue
      const first = spec.since.split(' ').join(' or ')
      yield {
        setting,
        message: `${setting.key} came with ${first}; ${release.name} ignores it`,
        evidence: { since: spec.since.split(' ') },
      }
    }
  },
)
