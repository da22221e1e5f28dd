import { settingOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-E14',
    code: 'config.multi-address-old',
    level: 'MEDIUM',
    summary: 'multiAddress.enabled needs 3.6 on every member.',
    cause: 'It changes the protocol between servers.',
    evidence: 'Where it is set.',
    remedy: 'Leave it off until all members run 3.6 or later; then switch it on in a second round.',
    source: 'QuorumCnxManager; ZOOKEEPER-3188',
  },
  function* (member, { release, facts }) {
    const setting = settingOf(member, 'multiAddress.enabled') ?? member.flags.get('zookeeper.multiAddress.enabled')
    const on = setting?.value.toLowerCase() === 'true'
    const old = [...facts.versions].filter(([, version]) => /^3\.[45]\./.test(version)).map(([id]) => String(id))
    if (on && (release.minor < 6 || old.length > 0))
      yield { setting, message: 'multiAddress.enabled=true before all members run 3.6', evidence: { old } }
  },
)
