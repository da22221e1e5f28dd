import { settingOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-S04',
    code: 'config.jute-maxbuffer-in-file',
    level: 'HIGH',
    summary: 'jute.maxbuffer in a configuration file has no effect.',
    cause: 'It is read as the system property jute.maxbuffer; from the file it would become zookeeper.jute.maxbuffer.',
    evidence: 'The value that is not used.',
    remedy:
      'Put -Djute.maxbuffer=… into java.env of every member and the flags of every client that needs it, and remove the line.',
    source: 'BinaryInputArchive',
  },
  function* (member) {
    const setting = member.settings.get('jute.maxbuffer')
    if (setting === undefined) return
    yield {
      setting,
      message: `jute.maxbuffer=${setting.value} has no effect here; records stay limited to ${settingOf(member, 'jute.maxbuffer')?.value ?? 1_048_575} bytes`,
    }
  },
)
