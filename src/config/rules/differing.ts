/* What rules about one key that all members should agree on share. */

import { groupBy } from '../../support/group.ts'
import { meaningOf } from '../keys/meaning.ts'
import { effectiveOf, type Member, settingOf, shownValue } from '../member.ts'
import type { Release } from '../release.ts'
import { type Issue, majority, minorities } from './rule.ts'

const NOT_SET = 'not set'

/** The members whose value of a key, defaults included, is not that of most. */
export function* differing(members: readonly Member[], key: string, release: Release): Generator<Issue> {
  const groups = groupBy(members, (member) => {
    const value = effectiveOf(member, key, release)
    return value === null ? NOT_SET : meaningOf(key, value)
  })
  if (groups.size < 2) return
  const most = shownValue(key, majority(groups))
  for (const [meaning, member] of minorities(groups)) {
    const value = shownValue(key, meaning)
    const message =
      value === most ? `${key} differs from most members` : `${key} is ${value} here and ${most} on most members`
    yield { member, setting: settingOf(member, key), key, message, evidence: { value, others: most } }
  }
}
