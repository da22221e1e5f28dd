/* The members of an ensemble of the inventory, as config generate takes them. */
import { basename, dirname } from 'node:path'
import type { InventoryServer } from '../../config/inventory/inventory.ts'
import { serverLineOf } from '../../config/inventory/server-line.ts'
import type { GivenMember } from '../../config/profiles/members.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { readInventory } from '../inventory/read.ts'

export interface InventoryMembers {
  readonly members: readonly GivenMember[]
  /** `group.N=…`, `weight.N=…`. */
  readonly settings: readonly string[]
  readonly zookeeper: string | null
  readonly findings: readonly Finding[]
}

/** `name`: undefined for the default or only ensemble. Throws `usage.*`, `input.*`. */
export function inventoryMembers(file: string, name: string | undefined): InventoryMembers {
  const inventory = readInventory(file)
  const { name: chosen, servers, zookeeper } = inventory.ensemble(name ?? null)
  if (servers.length === 0) {
    throw new ZkopsError('usage', `${file} does not say who the servers of ${chosen} are`, {
      file,
      hint: 'List them under servers.',
    })
  }
  return { members: servers.map(memberOf), settings: groupsOf(servers), zookeeper, findings: inventory.findings }
}

function memberOf(server: InventoryServer): GivenMember {
  const { id, ports, dataDir, dataLogDir, config } = server
  return {
    server: `${id}=${serverLineOf(server)}`,
    adminPort: ports.admin ?? null,
    own: {
      ...(dataDir === null ? {} : { dataDir }),
      ...(dataLogDir === null ? {} : { logDir: dataLogDir }),
      ...(config !== null && basename(config) === 'zoo.cfg' ? { confDir: dirname(config) } : {}),
    },
  }
}

function groupsOf(servers: readonly InventoryServer[]): readonly string[] {
  const groups = new Map<number, readonly number[]>()
  for (const { id, group } of servers) if (group !== null) groups.set(group, [...(groups.get(group) ?? []), id])
  const weights = servers.filter(({ weight }) => weight !== null)
  return [
    ...[...groups].map(([group, ids]) => `group.${group}=${ids.join(':')}`),
    ...weights.map(({ id, weight }) => `weight.${id}=${weight}`),
  ]
}
