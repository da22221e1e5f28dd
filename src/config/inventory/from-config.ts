/* A zoo.cfg as what a live command works on. */
import { ZkopsError } from '../../support/errors.ts'
import { type Member, memberId, settingOf } from '../member.ts'
import { hostKind } from '../topology.ts'
import type { Address } from './connect.ts'
import { DEFAULT_PORTS, type ServerPorts } from './inventory.ts'
import { clientAddresses, NOTHING_SAID, type TargetBase, type TargetServer } from './target.ts'

const ADMIN_PORT = 8080

/** Throws `usage` when the file names no place where clients could connect. */
export function baseOfConfig(member: Member): TargetBase {
  const servers = [...member.ensemble.servers.values()].map(({ id, addresses, role, client }): TargetServer => {
    const [first, ...others] = addresses
    const own = id === memberId(member)
    const host = first?.host ?? ''
    const clientHost = client?.host ?? (own ? settingOf(member, 'clientPortAddress')?.value : undefined) ?? host
    return {
      ...{ id: Number(id), host, role, zone: null, weight: weightOf(member, id), group: groupOf(member, id) },
      addresses: others.map((one) => `${one.host}:${one.quorumPort}:${one.electionPort}`),
      clientHost: hostKind(clientHost) === 'wildcard' ? host : clientHost,
      ports: {
        quorum: first?.quorumPort ?? DEFAULT_PORTS.quorum,
        election: first?.electionPort ?? DEFAULT_PORTS.election,
        // members of a file without client parts have the same port each
        client: client?.port ?? portOf(member, 'clientPort') ?? null,
        ...sharedPorts(member),
      },
      dataDir: settingOf(member, 'dataDir')?.value ?? null,
      dataLogDir: settingOf(member, 'dataLogDir')?.value ?? null,
      config: own ? member.file : null,
      ...{ exec: null, restart: null, stop: null, start: null },
    }
  })
  const connect = servers.length > 0 ? clientAddresses(servers, false) : aloneAddress(member)
  if (connect.length === 0) {
    throw new ZkopsError('usage', `${member.file} names no client port`, {
      hint: 'Name the servers with --connect host:port instead.',
    })
  }
  const source = { kind: 'config', file: member.file } as const
  return { ensemble: null, source, servers, connect, chroot: null, ...NOTHING_SAID }
}

function sharedPorts(member: Member): Pick<ServerPorts, 'secure' | 'admin'> {
  const off = settingOf(member, 'admin.enableServer')?.value.toLowerCase() === 'false'
  return {
    secure: portOf(member, 'secureClientPort') ?? null,
    admin: off ? null : (portOf(member, 'admin.serverPort') ?? ADMIN_PORT),
  }
}

function aloneAddress(member: Member): readonly Address[] {
  const port = portOf(member, 'clientPort')
  const host = settingOf(member, 'clientPortAddress')?.value ?? 'localhost'
  return port === undefined ? [] : [{ host: hostKind(host) === 'wildcard' ? 'localhost' : host, port }]
}

function portOf(member: Member, key: string): number | undefined {
  const value = settingOf(member, key)?.value ?? ''
  return /^\d+$/.test(value) && Number(value) > 0 && Number(value) < 65_536 ? Number(value) : undefined
}

function groupOf({ ensemble }: Member, id: bigint): number | null {
  const group = [...ensemble.groups].find(([, ids]) => ids.includes(id))?.[0]
  return group === undefined ? null : Number(group)
}

function weightOf({ ensemble }: Member, id: bigint): number | null {
  const weight = ensemble.weights.get(id)
  return weight === undefined ? null : Number(weight)
}
