import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-S14',
    code: 'config.directory-not-writable',
    level: 'HIGH',
    summary: 'The directory of the configuration cannot be written, but reconfiguration needs it.',
    cause:
      'A read-only mount (a ConfigMap), wrong owner, or configuration management that owns the files. The change of membership is made, but is gone after a restart.',
    evidence: 'The directory; judged for the user that runs zkops.',
    remedy: 'Let the service own a writable directory and copy the first file there.',
    source: 'QuorumPeer.setQuorumVerifier, writeDynamicConfig',
  },
  function* (member, { release }) {
    const setting = member.settings.get('reconfigEnabled')
    if (setting?.value.toLowerCase() === 'true' && !member.writable && release.minor >= 5) {
      yield { setting, message: 'reconfigEnabled=true, but files cannot be made beside this one' }
    }
  },
)
