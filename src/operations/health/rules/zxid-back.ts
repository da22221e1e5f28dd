import { hex64 } from '../../../support/hex.ts'
import { memberRule } from '../rule.ts'

export const zxidBack = memberRule(
  {
    code: 'health.zxid-back',
    summary: 'A member has less history than it once had.',
    cause: 'Its data directory was emptied, restored from a copy, or another disk is mounted there.',
    evidence: 'The highest zxid it ever showed, and the one it shows now.',
    remedy:
      'Stop it before it votes, if others are down: a voter without its history can make acknowledged writes vanish. See zkops data compare. If it was restored on purpose, delete the state file.',
    source: 'the highest zxid of each member, kept in the state file',
    expectedInMaintenance: false,
  },
  function* (member, view) {
    const highest = view.remembered(member)?.highestZxid
    const now = member.answer?.zxid ?? null
    // a member without a transaction of its own shows 0, or the beginning of the leader's epoch
    if (highest == null || now === null || now >= BigInt(highest)) return
    const message = `it shows zxid ${hex64(now)}, and has shown ${highest} before`
    yield { severity: 'error', message, evidence: { zxid: now, highest } }
  },
)
