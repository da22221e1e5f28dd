import { numberOf, settingOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-D07',
    code: 'config.small-log-limit',
    level: 'MEDIUM',
    summary: 'Logs are rolled so early that each may hold one transaction.',
    cause: 'txnLogSizeLimitInKb is below twice preAllocSize: the size that counts is the one in steps of preAllocSize.',
    evidence: 'Both values.',
    remedy: 'Use a multiple of preAllocSize, at least two.',
    source: 'FileTxnLog; configuration parameters',
  },
  function* (member, { release }) {
    const limit = numberOf(member, 'txnLogSizeLimitInKb', release)
    const step = numberOf(member, 'preAllocSize', release)
    if (release.minor < 6 || limit === null || step === null || limit <= 0 || limit >= 2 * step) return
    yield {
      setting: settingOf(member, 'txnLogSizeLimitInKb'),
      message: `txnLogSizeLimitInKb=${limit} is less than two steps of preAllocSize=${step}`,
      evidence: { limitKb: limit, preAllocKb: step },
    }
  },
)
