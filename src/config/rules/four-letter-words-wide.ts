import { settingOf } from '../member.ts'
import { memberRule } from './rule.ts'

const RISKY = new Set(['*', 'wchc', 'wchp', 'cons', 'dump', 'stat', 'crst', 'srst', 'stmk', 'envi'])

export const rule = memberRule(
  {
    id: 'L-X04',
    code: 'config.four-letter-words-wide',
    level: 'MEDIUM',
    summary: 'Four-letter words are allowed that burden or change the server.',
    cause: 'The whitelist is *, or names wchc, wchp, cons, dump, stat, crst, srst, stmk or envi.',
    evidence: 'The words.',
    remedy: 'Use srvr, mntr, ruok, isro, conf.',
    source: 'FourLetterCommands',
  },
  function* (member) {
    const setting = settingOf(member, '4lw.commands.whitelist')
    const words = setting?.value.split(',').map((word) => word.trim()) ?? []
    const risky = words.filter((word) => RISKY.has(word))
    if (risky.length > 0)
      yield { setting, message: `the whitelist has ${risky.join(', ')}`, evidence: { words: risky } }
  },
)
