import { aliasOf, keySpec } from '../keys/table.ts'
import { shownValue } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-S03',
    code: 'config.ineffective-key',
    level: 'HIGH',
    summary: 'This key does nothing in a configuration file.',
    cause:
      'Documentation gives a name that no server reads, or the key works as a JVM flag only. In the file it becomes the system property zookeeper.<key>, which nobody asks for.',
    evidence: 'The key, and what to write in its place.',
    remedy: 'Write what the remedy names.',
    source: 'QuorumPeerConfig.parseProperties; the classes that read the properties',
  },
  function* (member) {
    for (const setting of member.settings.values()) {
      const { key } = setting
      const value = shownValue(key, setting.value)
      const meant = key.startsWith('zookeeper.') ? keySpec(key.slice(10)) : aliasOf(key)
      if (meant !== undefined) {
        const write = meant.place === 'flag' ? `-D${meant.name}=${value} as a JVM flag` : `${meant.name}=${value}`
        yield {
          setting,
          message: `${key} does nothing here: no server reads it`,
          remedy: `Write ${write}.`,
          evidence: { write },
        }
      } else if (key.startsWith('zookeeper.')) {
        yield {
          setting,
          message: `${key} does nothing here: the prefix zookeeper. is added once more`,
          remedy: `Write ${key.slice(10)}, if there is such a key.`,
        }
      } else if (keySpec(key)?.place === 'flag' && key !== 'jute.maxbuffer') {
        const flag = `-D${key}=${value}`
        yield {
          setting,
          message: `${key} does nothing here: it is a JVM flag`,
          remedy: `Put ${flag} into java.env.`,
          evidence: { write: flag },
        }
      }
    }
  },
)
