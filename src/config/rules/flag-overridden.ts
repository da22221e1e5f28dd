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
      const message = `${setting.key}=${setting.value} in the file wins over ${flag.value} in ${flag.file}`
      yield { setting, message, evidence: { file: setting.value, flag: flag.value } }
    }
  },
)
