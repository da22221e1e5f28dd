import { settingOf } from '../member.ts'
import { adminAddress, hostKind } from '../topology.ts'
import { memberRule } from './rule.ts'

export const rule = memberRule(
  {
    id: 'L-X03',
    code: 'config.admin-restore',
    level: 'ERROR',
    summary: 'Anybody who reaches the admin server may replace the database.',
    cause: 'Snapshot and restore ask for all permissions on the root, which its default ACL gives to everybody.',
    evidence: 'Its address and the commands; the ACL of the root is not in the files.',
    remedy:
      'Set admin.restore.enabled=false and admin.snapshot.enabled=false, or restrict the ACL of / and the address.',
    source: 'CVE-2025-58457; Commands.RestoreCommand',
  },
  function* (member, { release }) {
    const address = adminAddress(member, release)
    if (release.minor < 9 || address === null || hostKind(address) === 'loopback') return
    const commands = ['restore', 'snapshot'].filter(
      (name) => settingOf(member, `admin.${name}.enabled`)?.value.toLowerCase() !== 'false',
    )
    if (commands.length === 0) return
    yield {
      key: 'admin.restore.enabled',
      message: `${commands.join(' and ')} can be had from ${address}, unless the ACL of / was restricted`,
      evidence: { address, commands },
    }
  },
)
