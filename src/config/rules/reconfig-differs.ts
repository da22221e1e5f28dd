import { effectiveOf } from '../member.ts'
import { ensembleRule, groupBy, majority, minorities } from './rule.ts'

export const rule = ensembleRule(
  {
    id: 'L-E08',
    code: 'config.reconfig-differs',
    level: 'MEDIUM',
    summary: 'reconfigEnabled differs between members.',
    cause: "The leader's value counts, so reconfiguration comes and goes with elections.",
    evidence: 'Who has which value.',
    remedy: 'Use the same value on every member.',
    source: 'PrepRequestProcessor',
  },
  function* ({ members, release }) {
    if (release.minor < 5) return
    const groups = groupBy(members, (member) => effectiveOf(member, 'reconfigEnabled', release)?.toLowerCase())
    for (const [value, member] of minorities(groups)) {
      yield {
        member,
        setting: member.settings.get('reconfigEnabled'),
        key: 'reconfigEnabled',
        message: `reconfigEnabled is ${value} here and ${majority(groups)} on most members`,
        evidence: { value },
      }
    }
  },
)
