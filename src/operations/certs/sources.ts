/*
 * Where certificates are to be looked at: configuration files with their stores, and ports that speak TLS.
 *
 * A port between servers is asked only when it is known to speak TLS: the member's own file says so (sslQuorum or
 * portUnification), or some member's file has sslQuorum, which works only when all others take TLS, or the user says so.
 */
import { existsSync } from 'node:fs'
import type { TargetServer } from '../../config/inventory/target.ts'
import { type Member, memberId, settingOf } from '../../config/member.ts'
import type { Target } from '../inventory/target.ts'
import { loadMember } from '../zoo-cfg/load.ts'
import { configsAt } from '../zoo-cfg/places.ts'
import { readable } from '../zoo-cfg/read-member.ts'

export type PortKind = 'client' | 'quorum' | 'election' | 'admin'

export interface TlsPort {
  readonly member: number | null
  readonly kind: PortKind
  readonly host: string
  readonly port: number
  /** A configuration says that it speaks TLS, so that anything else is a finding. */
  readonly certain: boolean
}

/** Files that were named, and those that a target names and that lie on this machine. Throws `input.*`. */
export function configsOf(files: readonly string[], target: Target | null): readonly Member[] {
  const named = files.flatMap((place) => configsAt(place)).map(({ file }) => readable(loadMember(file)).member)
  if (target === null) return named
  const { source } = target
  if (source.kind === 'config') return [...named, readable(loadMember(source.file)).member]
  const here = target.servers.filter(({ config, exec }) => config !== null && exec === null && existsSync(config))
  return [...named, ...here.map(({ config }) => loadMember(config!).member)]
}

const DEFAULT_ADMIN_PORT = 8080

export function tlsPorts(target: Target, configs: readonly Member[], quorumTls: boolean): readonly TlsPort[] {
  const all = quorumTls || configs.some((member) => isTrue(member, 'sslQuorum'))
  if (target.servers.length === 0) {
    const clients = target.tls === null ? [] : target.connect
    return clients.map(({ host, port }) => ({ member: null, kind: 'client', host, port, certain: true }))
  }
  const https = configs.some(speaksHttps)
  return target.servers.flatMap((server) => portsOf(server, configOf(configs, server.id), all, https))
}

function portsOf(
  { id, host, clientHost, ports }: TargetServer,
  config: Member | undefined,
  allQuorum: boolean,
  someHttps: boolean,
): readonly TlsPort[] {
  const own = config !== undefined && (isTrue(config, 'sslQuorum') || isTrue(config, 'portUnification'))
  const https = config !== undefined && speaksHttps(config)
  const admin = ports.admin ?? (https ? DEFAULT_ADMIN_PORT : null)
  const unified = config !== undefined && isTrue(config, 'client.portUnification') ? ports.client : null
  const at = (kind: PortKind, where: string, port: number | null, certain = true): readonly TlsPort[] =>
    port === null ? [] : [{ member: id, kind, host: where, port, certain }]
  return [
    ...at('client', clientHost, ports.secure ?? unified),
    ...(own || allQuorum ? [...at('quorum', host, ports.quorum), ...at('election', host, ports.election)] : []),
    ...(https || someHttps || typeof ports.admin === 'number' ? at('admin', clientHost, admin, https) : []),
  ]
}

const isTrue = (member: Member, key: string): boolean => settingOf(member, key)?.value.toLowerCase() === 'true'

const speaksHttps = (member: Member): boolean =>
  isTrue(member, 'admin.forceHttps') || isTrue(member, 'admin.portUnification')

export function configOf(configs: readonly Member[], id: number | null): Member | undefined {
  return id === null ? undefined : configs.find((member) => memberId(member) === BigInt(id))
}
