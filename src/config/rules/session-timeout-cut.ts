import { numberOf } from '../member.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-T06',
    code: 'config.session-timeout-cut',
    level: 'MEDIUM',
    summary: 'Clients get shorter sessions than they ask for.',
    cause:
      'maxSessionTimeout (20 ticks when it is not set) is below what some client asks for. It is cut without a word.',
    evidence: 'Both.',
    remedy: 'Raise maxSessionTimeout on every member.',
    source: 'ZooKeeperServer.processConnectRequest',
  },
  function* (member, { release, facts }) {
    const tick = numberOf(member, 'tickTime', release)
    const max = numberOf(member, 'maxSessionTimeout', release) ?? (tick === null ? null : 20 * tick)
    const asked = facts.clientTimeoutMs
    if (max === null || asked === null || asked <= max) return
    yield {
      setting: member.settings.get('maxSessionTimeout'),
      key: 'maxSessionTimeout',
      message: `clients ask for ${asked} ms and get ${max} ms`,
      evidence: { askedMs: asked, maxMs: max },
    }
  },
)
