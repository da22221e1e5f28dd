import { type Setting, settingsOf, shownValue } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-S05',
    code: 'config.duplicate-key',
    level: 'MEDIUM',
    summary: 'A key stands in the file twice with different values.',
    cause: 'A line was added instead of changed. The last one counts, without a word in the log.',
    evidence: 'Both lines.',
    remedy: 'Keep the line that is meant.',
    source: 'java.util.Properties',
  },
  function* (member) {
    const lists = [settingsOf(member.file, member.properties), member.dynamic?.settings ?? []]
    for (const settings of lists) {
      const seen = new Map<string, Setting>()
      for (const setting of settings) {
        const first = seen.get(setting.key)
        if (first !== undefined && first.value !== setting.value) {
          const values = [first, setting].map(({ key, value }) => shownValue(key, value))
          const message = `${setting.key} stands in line ${first.line} as ${values[0]} and in line ${setting.line} as ${values[1]}; the last counts`
          yield {
            setting,
            message,
            evidence: { lines: [first.line, setting.line], values },
          }
        }
        seen.set(setting.key, setting)
      }
    }
  },
)
