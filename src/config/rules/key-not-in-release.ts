import { isReadBy, keySpec } from '../keys/table.ts'
import { isSince } from '../release.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'E10',
    code: 'config.key-not-in-release',
    level: 'MEDIUM',
    summary: 'This release does not know the key.',
    cause:
      'The file is for another release, or documentation of one was followed. The key becomes a system property that nobody reads.',
    evidence: 'The releases that have it.',
    remedy: 'Upgrade first, or remove the line.',
    source: 'the sources of all releases',
  },
  function* (member, { release }) {
    for (const setting of member.settings.values()) {
      const spec = keySpec(setting.key)
      if (spec === undefined || spec.place === 'member' || isReadBy(spec, release)) continue
      const { since, until } = spec
      const when = isSince(release, since) ? `went after ${until}` : `came with ${since.split(' ').join(' or ')}`
      const message = `${setting.key} ${when}; ${release.name} ignores it`
      yield { setting, message, evidence: { since: since.split(' '), until } }
    }
  },
)
