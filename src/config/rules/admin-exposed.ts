import { isOn, settingOf } from '../member.ts'
import { adminAddress, hostKind } from '../topology.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-X02',
    code: 'config.admin-exposed',
    level: 'HIGH',
    summary: 'The admin server answers everybody.',
    cause:
      'It listens on every address without HTTPS and client certificates. It shows the configuration file and all system properties, passwords among them.',
    evidence: 'Its address.',
    remedy:
      'Set admin.serverAddress=127.0.0.1, or admin.forceHttps=true and admin.needClientAuth=true, or admin.enableServer=false.',
    source: 'JettyAdminServer; Commands',
  },
  function* (member, { release }) {
    const address = adminAddress(member, release)
    if (address === null || hostKind(address) === 'loopback') return
    if (isOn(member, 'admin.forceHttps', release) && isOn(member, 'admin.needClientAuth', release)) return
    yield {
      setting: settingOf(member, 'admin.serverAddress'),
      key: 'admin.serverAddress',
      message: `the admin server listens on ${address} and asks nobody who they are`,
      evidence: { address },
    }
  },
)
