/* Server lines, and a zoo.cfg, as what a live command works on. */
import { ZkopsError } from '../../support/errors.ts'
import type { Ensemble } from '../ensemble.ts'
import { type Member, memberId, settingOf } from '../member.ts'
import { hostKind } from '../topology.ts'
import type { Address } from './connect.ts'
import { DEFAULT_PORTS } from './inventory.ts'
import { clientAddresses, NOTHING_SAID, type TargetBase, type TargetServer } from './target.ts'

/** What server lines do not say, as far as one member's settings tell it. */
export interface Around {
  /** Of members whose lines have no client part. */
  readonly clientPort: number | null
  readonly secure: number | null
  /** Undefined: not known. */
  readonly admin: number | null | undefined
  readonly dataDir: string | null
  readonly dataLogDir: string | null
  /** Where the member itself serves clients, when it says so. */
  readonly clientHost: string | null
  /** The member whose settings they are. */
  readonly ownId: bigint | null
}

/** Members of a file are alike; those that share a host cannot have the same directories and ports. */
export function serversOf({ servers, groups, weights }: Ensemble, around: Around): readonly TargetServer[] {
  const lines = [...servers.values()]
  const hosts = lines.map(({ addresses }) => addresses[0]?.host ?? '')
  return lines.map(({ id, addresses, role, client }, i): TargetServer => {
    const [first, ...others] = addresses
    const host = hosts[i]!
    const own = id === around.ownId
    const alike = own || hosts.filter((one) => one === host).length === 1
    const clientHost = client?.host ?? (own ? around.clientHost : null) ?? host
    const group = [...groups].find(([, ids]) => ids.includes(id))?.[0]
    const weight = weights.get(id)
    return {
      ...{ id: Number(id), host, role, zone: null },
      addresses: others.map((one) => `${one.host}:${one.quorumPort}:${one.electionPort}`),
      clientHost: hostKind(clientHost) === 'wildcard' ? host : clientHost,
      ports: {
        quorum: first?.quorumPort ?? DEFAULT_PORTS.quorum,
        election: first?.electionPort ?? DEFAULT_PORTS.election,
        client: client?.port ?? (alike ? around.clientPort : null),
        secure: alike ? around.secure : null,
        admin: alike ? around.admin : undefined,
      },
      group: group === undefined ? null : Number(group),
      weight: weight === undefined ? null : Number(weight),
      dataDir: alike ? around.dataDir : null,
      dataLogDir: alike ? around.dataLogDir : null,
      ...{ config: null, exec: null, restart: null, stop: null, start: null },
    }
  })
}

export function aroundMember(member: Member): Around {
  const off = settingOf(member, 'admin.enableServer')?.value.toLowerCase() === 'false'
  return {
    clientPort: portOf(member, 'clientPort'),
    secure: portOf(member, 'secureClientPort'),
    admin: off ? null : (portOf(member, 'admin.serverPort') ?? undefined),
    dataDir: settingOf(member, 'dataDir')?.value ?? null,
    dataLogDir: settingOf(member, 'dataLogDir')?.value ?? null,
    clientHost: settingOf(member, 'clientPortAddress')?.value ?? null,
    ownId: memberId(member),
  }
}

/** Throws `usage` when the file names no place where clients could connect. */
export function baseOfConfig(member: Member): TargetBase {
  const around = aroundMember(member)
  const servers = serversOf(member.ensemble, around)
  const silent = [...member.ensemble.servers.values()].filter(
    ({ id, client }) => client === null && id !== around.ownId,
  )
  const connect = servers.length > 0 ? clientAddresses(servers, false) : aloneAddress(member)
  if (connect.length === 0) {
    throw new ZkopsError('usage', `${member.file} names no client port`, {
      hint: 'Name the servers with --connect host:port instead.',
    })
  }
  const source = { kind: 'config', file: member.file } as const
  const guessed = new Set(silent.map(({ id }) => Number(id)))
  return { ensemble: null, source, servers, guessed, connect, chroot: null, ...NOTHING_SAID }
}

/** Where a server that runs alone serves clients; empty when it does not say. */
export function aloneAddress(member: Member): readonly Address[] {
  const { clientPort, clientHost } = aroundMember(member)
  if (clientPort === null) return []
  const local = clientHost === null || hostKind(clientHost) === 'wildcard'
  return [{ host: local ? 'localhost' : clientHost, port: clientPort }]
}

function portOf(member: Member, key: string): number | null {
  const value = settingOf(member, key)?.value ?? ''
  return /^\d+$/.test(value) && Number(value) > 0 && Number(value) < 65_536 ? Number(value) : null
}
