import { versionOfName } from '../verdict/verdict.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-S12',
    code: 'config.dynamic-name-version',
    level: 'HIGH',
    summary: 'The name of the dynamic file is read as a version by accident.',
    cause:
      'Whatever stands behind the last dot of the name is taken for the version when it is hexadecimal: .de, .be, .ad, .face.',
    evidence: 'The name and the version.',
    remedy: 'Give it a name that ends differently, e.g. zoo.cfg.dynamic.',
    source: 'QuorumPeerConfig.getVersionFromFilename',
  },
  function* (member, { release }) {
    const setting = member.settings.get('dynamicConfigFile')
    if (setting === undefined || release.minor < 5) return
    const version = versionOfName(setting.value)
    if (version === null || /\.dynamic\.[0-9a-f]+$/.test(setting.value)) return
    yield {
      setting,
      message: `the server takes ${setting.value} for version 0x${version} of the membership`,
      evidence: { version: `0x${version}` },
    }
  },
)
