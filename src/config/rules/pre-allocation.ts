import { numberOf, settingOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-D08',
    code: 'config.pre-allocation',
    level: 'LOW',
    summary: 'Steps in which logs grow do not fit.',
    cause:
      'preAllocSize is below 1 MB (every few writes the file is extended), or more than a log can hold before it is rolled.',
    evidence: 'The size.',
    remedy: 'Leave it at 65536.',
    source: 'FilePadding',
  },
  function* (member, { release }) {
    const setting = settingOf(member, 'preAllocSize')
    const [step, count] = [numberOf(member, 'preAllocSize', release), numberOf(member, 'snapCount', release)]
    if (setting === undefined || step === null || step <= 0) return
    const expectedKb = count ?? 100_000
    if (step < 1024)
      yield { setting, message: `preAllocSize=${step} KB: logs are extended all the time`, evidence: { kb: step } }
    else if (step > Math.max(65_536, expectedKb))
      yield {
        setting,
        message: `preAllocSize=${step} KB is more than a log of ${count} transactions of 1 KB`,
        evidence: { kb: step, expectedKb },
      }
  },
)
