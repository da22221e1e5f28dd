import { shownValue } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-S06',
    code: 'config.flag-overridden',
    level: 'MEDIUM',
    summary: 'A JVM flag and the file say different things.',
    cause: 'The parser sets the system property after the JVM has started, so the file wins.',
    evidence: 'Both values.',
    remedy: 'Keep one of the two.',
    source: 'QuorumPeerConfig.parseProperties, System.setProperty',
  },
  function* (member) {
    for (const setting of member.settings.values()) {
      const flag = member.flags.get(`zookeeper.${setting.key}`)
      if (flag === undefined || flag.value === setting.value) continue
      const [here, there] = [shownValue(setting.key, setting.value), shownValue(setting.key, flag.value)]
      const message = `${setting.key}=${here} in the file wins over ${there} in ${flag.file}`
      yield { setting, message, evidence: { file: here, flag: there } }
    }
  },
)
