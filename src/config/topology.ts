/* What server lines say about hosts and failure domains. */
import { votersOf } from './ensemble.ts'
import { ipv4, ipv6, isLoopback } from './java/inet.ts'
import { type Member, settingOf } from './member.ts'
import type { Release } from './release.ts'
import type { Facts } from './rules/facts.ts'

export type HostKind = 'wildcard' | 'loopback' | 'other'

export function hostKind(host: string): HostKind {
  const address = ipv4(host) ?? ipv6(host.replace(/^\[|\]$/g, ''))
  if (address === '0.0.0.0' || address === '0:0:0:0:0:0:0:0' || host === '*') return 'wildcard'
  if (host === '' || /^localhost(\.localdomain)?$/i.test(host)) return 'loopback'
  return address !== undefined && isLoopback(address) ? 'loopback' : 'other'
}

/** Whether a server with this file runs as a member, not alone. */
export function isEnsembleMember(member: Member): boolean {
  const alone = member.settings.get('standaloneEnabled')?.value.toLowerCase() !== 'false'
  return votersOf(member.ensemble).length > (alone ? 1 : 0)
}

/** Failure domain of each voter: its zone, or the group it is in; empty when neither is known. */
export function domainsOf(member: Member, facts: Facts): ReadonlyMap<bigint, string> {
  const domains = new Map<bigint, string>()
  const groups = [...member.ensemble.groups].flatMap(([group, ids]) => ids.map((id) => [id, `group ${group}`] as const))
  const groupOf = new Map(groups)
  for (const { id } of votersOf(member.ensemble)) {
    const domain = facts.zones.get(id) ?? groupOf.get(id)
    if (domain === undefined) return new Map()
    domains.set(id, domain)
  }
  return domains
}

/** Where the admin server listens, or null when it is off. */
export function adminAddress(member: Member, release: Release): string | null {
  if (release.minor < 5 || settingOf(member, 'admin.enableServer')?.value === 'false') return null
  return settingOf(member, 'admin.serverAddress')?.value ?? '0.0.0.0'
}
