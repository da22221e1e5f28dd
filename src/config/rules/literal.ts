import { settingOf } from '../member.ts'
import { memberRule } from './rule.ts'

const LITERALS: Readonly<Record<string, { readonly words: readonly string[]; readonly does: string }>> = {
  leaderServes: { words: ['yes', 'no'], does: 'the leader serves' },
  forceSync: { words: ['yes', 'no'], does: 'writes are synced' },
  skipACL: { words: ['yes', 'no'], does: 'ACLs are checked' },
  'admin.enableServer': { words: ['true', 'false'], does: 'the admin server runs' },
}

export const rule = memberRule(
  {
    id: 'L-LIT',
    code: 'config.literal',
    level: 'HIGH',
    summary: 'A switch has a value that it does not understand.',
    cause:
      'leaderServes and forceSync listen to no only, skipACL to yes only, admin.enableServer to false only; any other word does not switch.',
    evidence: 'The value and what it does.',
    remedy: 'Write yes, no, true or false as the key wants it.',
    source: 'Leader, FileTxnLog, ZooKeeperServer, AdminServerFactory',
  },
  function* (member) {
    for (const [key, { words, does }] of Object.entries(LITERALS)) {
      const setting = settingOf(member, key)
      if (setting === undefined || words.includes(setting.value)) continue
      yield {
        setting,
        message: `${key}=${setting.value} is neither ${words.join(' nor ')}: ${does}`,
        evidence: { value: setting.value, words },
        remedy: `Write ${words.join(' or ')}.`,
      }
    }
  },
)
