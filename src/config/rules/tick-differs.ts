import { effectiveOf } from '../member.ts'
import { ensembleRule, groupBy, majority, minorities } from './rule.ts'

export const rule = ensembleRule(
  {
    id: 'L-T08',
    code: 'config.tick-differs',
    level: 'MEDIUM',
    summary: 'tickTime differs between members.',
    cause: 'Sessions and elections then take different times, depending on who leads.',
    evidence: 'Who has which.',
    remedy: 'Use the same value on every member.',
    source: 'operations: timing',
  },
  function* ({ members, release }) {
    const groups = groupBy(members, (member) => effectiveOf(member, 'tickTime', release) ?? undefined)
    for (const [value, member] of minorities(groups)) {
      yield {
        member,
        setting: member.settings.get('tickTime'),
        key: 'tickTime',
        message: `tickTime is ${value} here and ${majority(groups)} on most members`,
        evidence: { value },
      }
    }
  },
)
