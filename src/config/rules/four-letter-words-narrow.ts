import { settingOf } from '../member.ts'
import { isSince } from '../release.ts'
import { adminAddress } from '../topology.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-X05',
    code: 'config.four-letter-words-narrow',
    level: 'MEDIUM',
    summary: 'Monitoring cannot ask the server.',
    cause: 'The whitelist lacks srvr; or the admin server is off and the whitelist lacks mntr.',
    evidence: 'The words that are missing.',
    remedy: 'Add them to 4lw.commands.whitelist.',
    source: 'FourLetterCommands',
  },
  function* (member, { release }) {
    const setting = settingOf(member, '4lw.commands.whitelist')
    if (!isSince(release, '3.4.10 3.5.3') || (setting === undefined && release.minor === 4)) return
    const words = (setting?.value ?? 'srvr').split(',').map((word) => word.trim())
    if (words.includes('*')) return
    const needed = adminAddress(member, release) === null ? ['srvr', 'mntr'] : ['srvr']
    const missing = needed.filter((word) => !words.includes(word))
    if (missing.length > 0)
      yield {
        setting,
        key: '4lw.commands.whitelist',
        message: `${missing.join(' and ')} will not be answered`,
        evidence: { missing },
      }
  },
)
