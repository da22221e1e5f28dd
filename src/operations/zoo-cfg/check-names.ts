/* --resolve: every host of every server line, by the system resolver. */
import type { Member } from '../../config/member.ts'
import { hostKind } from '../../config/topology.ts'
import type { Finding } from '../../support/finding.ts'
import { lookUp } from './names.ts'

export interface CheckedNames {
  readonly addresses: ReadonlyMap<string, readonly string[]>
  readonly findings: readonly Finding[]
}

export async function checkNames(members: readonly Member[]): Promise<CheckedNames> {
  const hosts = new Set(
    members.flatMap(({ ensemble }) =>
      [...ensemble.servers.values()].flatMap(({ addresses }) => addresses.map(({ host }) => host)),
    ),
  )
  hosts.delete('')
  const found = await lookUp(hosts)
  const addresses = new Map<string, readonly string[]>()
  for (const [host, result] of found) if (typeof result !== 'string') addresses.set(host, result)
  return { addresses, findings: members.flatMap((member) => [...findingsOf(member, found, addresses)]) }
}

function* findingsOf(
  { ensemble }: Member,
  found: ReadonlyMap<string, readonly string[] | string>,
  addresses: ReadonlyMap<string, readonly string[]>,
): Generator<Finding> {
  const taken = new Map<string, bigint>()
  for (const { id, addresses: own, setting } of ensemble.servers.values()) {
    const where = { file: setting.file, key: setting.key, evidence: { line: setting.line } }
    for (const { host, quorumPort } of own) {
      const result = found.get(host)
      if (typeof result === 'string') {
        const message = `server.${id}: ${result}`
        yield { code: 'config.unresolvable', severity: 'warning', level: 'HIGH', message, ...where }
      }
      const [address = host] = addresses.get(host) ?? []
      if (hostKind(host) === 'other' && hostKind(address) === 'loopback' && ensemble.servers.size > 1) {
        const message = `server.${id}: ${host} resolves to ${address} on this machine`
        yield { code: 'config.resolves-to-loopback', severity: 'warning', level: 'MEDIUM', message, ...where }
      }
      const other = taken.get(`${address}:${quorumPort}`)
      taken.set(`${address}:${quorumPort}`, id)
      if (other === undefined || other === id) continue
      const message = `server.${other} and server.${id} are both ${address}:${quorumPort}`
      yield { code: 'config.same-address', severity: 'error', level: 'ERROR', message, ...where }
    }
  }
}
