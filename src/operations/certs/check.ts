/*
 * health certs: the certificates of an ensemble, as its ports show them and as its files hold them.
 *
 *   1. Files: the stores that each zoo.cfg names, opened with its own passwords.
 *   2. Ports: one TLS handshake with each, all at the same time.
 *   3. Both held against the clock, the names of the members, what members trust, and each other.
 */
import type { X509Certificate } from 'node:crypto'
import { servedChain } from '../../cluster/served-chain.ts'
import { memberId } from '../../config/member.ts'
import type { Finding } from '../../support/finding.ts'
import { targetName, tlsMaterial } from '../ensemble/observe-target.ts'
import { type FoundTarget, findTarget, type LiveOptions } from '../inventory/target.ts'
import { type MemberStore, storesOf } from '../zoo-cfg/member-store.ts'
import { openStore } from '../zoo-cfg/open-store.ts'
import { type CertificateView, certificateView } from './certificate.ts'
import { judgeCertificates } from './judge.ts'
import { configsOf, type TlsPort, tlsPorts } from './sources.ts'

export interface CertsOptions extends LiveOptions {
  /** Configurations, or folders of them; without a flag that names running members nobody is asked then. */
  readonly files: readonly string[]
  /** All members speak TLS with each other: their ports may be asked. */
  readonly quorumTls: boolean
  readonly warnMs: number
  readonly criticalMs: number
  readonly signal: AbortSignal
}

export interface PortCertificates extends Omit<TlsPort, 'certain'> {
  readonly state: 'tls' | 'plain' | 'closed' | 'silent' | 'unreachable'
  readonly protocol: string | null
  /** It takes no client without a certificate that it trusts, and ours was none. */
  readonly refusedUs: boolean
  /** Why there is no certificate. */
  readonly reason: string | null
  readonly chain: readonly CertificateView[]
}

export interface StoreCertificates {
  readonly member: number | null
  /** The zoo.cfg. */
  readonly config: string
  readonly key: string
  readonly file: string
  readonly kind: 'PEM' | 'PKCS12' | 'JKS' | null
  readonly state: MemberStore['outcome']['state']
  readonly certificates: readonly CertificateView[]
}

export interface CertsResult {
  /** Null: only files were looked at. */
  readonly ensemble: string | null
  readonly status: 'ok' | 'warning' | 'critical' | 'unknown'
  readonly at: string
  readonly ports: readonly PortCertificates[]
  readonly stores: readonly StoreCertificates[]
  readonly findings: readonly Finding[]
}

/** A port with what it showed. */
export interface AskedPort extends TlsPort {
  readonly served: Awaited<ReturnType<typeof servedChain>>
}

export interface OwnStore extends MemberStore {
  readonly member: number | null
  readonly config: string
  /** Of its own server line. */
  readonly host: string | null
  /** Of this member, and it votes. */
  readonly voter: boolean
}

/** Throws `usage.*`, `input.*`; ports that do not answer are part of the result. */
export async function checkCertificates(options: CertsOptions, now = Date.now()): Promise<CertsResult> {
  const { files, quorumTls, signal } = options
  const found = await liveTarget(options)
  const target = found?.target ?? null
  const configs = configsOf(files, target)
  const material = await tlsMaterial(target?.tls ?? null)
  const wanted = target === null ? [] : tlsPorts(target, configs, quorumTls)
  const asked = await Promise.all(
    wanted.map(async (port): Promise<AskedPort> => {
      const place = { host: port.host, port: port.port, tls: material }
      return { ...port, served: await servedChain(place, { timeoutMs: target!.timeoutMs, signal }) }
    }),
  )
  // an AdminServer need not speak TLS
  const ports = asked.filter(({ certain, served }) => certain || served.state === 'tls')
  const stores = configs.flatMap((member): OwnStore[] => {
    const id = memberId(member)
    const line = id === null ? undefined : member.ensemble.servers.get(id)
    const about = { host: line?.addresses[0]?.host ?? null, voter: line?.role === 'participant' }
    return storesOf(member).map((store) => ({
      ...store,
      member: id === null ? null : Number(id),
      config: member.file,
      ...about,
    }))
  })
  const findings = judgeCertificates({
    ...{ ports, stores, now, warnMs: options.warnMs, criticalMs: options.criticalMs },
    trusted: material?.ca === undefined ? null : authoritiesIn(material.ca),
    servername: material?.servername ?? null,
    unasked: target === null ? [] : target.servers.map(({ id }) => id).filter((id) => !hasQuorumPort(wanted, id)),
  })
  return {
    ensemble: target === null ? null : targetName(target),
    status: statusOf(findings, ports, stores),
    at: new Date(now).toISOString(),
    ports: ports.map((port) => portView(port, now)),
    stores: stores.map((store) => storeView(store, now)),
    findings: [...findings, ...(found?.findings ?? [])],
  }
}

const hasQuorumPort = (ports: readonly TlsPort[], id: number): boolean =>
  ports.some(({ member, kind }) => member === id && kind === 'election')

async function liveTarget(options: CertsOptions): Promise<FoundTarget | null> {
  const { files, ensemble, connect, config, inventory } = options
  const named = [ensemble, connect, config, inventory].some((flag) => flag !== undefined)
  return files.length > 0 && !named ? null : findTarget(options)
}

function authoritiesIn(pem: string | Buffer): readonly X509Certificate[] {
  const opened = openStore(Buffer.from(pem), '')
  return opened.state === 'opened' ? opened.trusted : []
}

function statusOf(
  findings: readonly Finding[],
  ports: readonly AskedPort[],
  stores: readonly OwnStore[],
): CertsResult['status'] {
  if (findings.some(({ severity }) => severity === 'error')) return 'critical'
  if (findings.some(({ severity }) => severity === 'warning')) return 'warning'
  const seen = ports.some(({ served }) => served.state === 'tls') || stores.length > 0
  return seen ? 'ok' : 'unknown'
}

function portView({ member, kind, host, port, served }: AskedPort, now: number): PortCertificates {
  const place = { member, kind, host, port, state: served.state }
  if (served.state !== 'tls') return { ...place, protocol: null, refusedUs: false, reason: served.why, chain: [] }
  const { protocol, refusedUs } = served
  return { ...place, protocol, refusedUs, reason: null, chain: served.chain.map((one) => certificateView(one, now)) }
}

function storeView({ member, config, location, outcome }: OwnStore, now: number): StoreCertificates {
  const opened = outcome.state === 'opened' ? outcome : null
  return {
    ...{ member, config, key: location.key, file: location.value, kind: opened?.kind ?? null, state: outcome.state },
    certificates: (opened?.certificates ?? []).map((one) => certificateView(one, now)),
  }
}
