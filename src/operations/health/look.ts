/* What is looked at beyond what members answer to every check: only where a rule needs it, and where it may be. */
import { type TopClient, topClient } from '../../cluster/observe/top-client.ts'
import type { Member } from '../../config/member.ts'
import type { CertificateEnd } from '../certs/ends.ts'
import { tlsMaterial } from '../ensemble/observe-target.ts'
import { memberKey, type Overview } from '../ensemble/overview.ts'
import type { Target } from '../inventory/target.ts'
import type { LocalFacts, LocalLook } from './local.ts'
import type { Rule } from './rule.ts'

export interface Looked {
  /** Of members on this machine, where they may be looked at; none otherwise. */
  readonly local: ReadonlyMap<string, LocalFacts>
  readonly certificates: readonly CertificateEnd[]
  /** Of members that have enough connections for it to matter. */
  readonly clients: ReadonlyMap<string, TopClient>
}

export const NOT_LOOKED: Looked = { local: new Map(), certificates: [], clients: new Map() }

export interface LookOptions {
  /** Members on this machine may be looked at. */
  readonly local: boolean
  readonly rules: readonly Rule[]
  readonly signal: AbortSignal
}

export async function lookCloser(overview: Overview, target: Target, options: LookOptions): Promise<Looked> {
  const { facts, configs } = options.local ? await locally(overview, target) : NOTHING_LOCAL
  const wants = (code: Rule['code']) => options.rules.some((rule) => rule.code === code)
  const [certificates, clients] = await Promise.all([
    wants('health.certificate-expiry') ? certificatesOf(target, configs, options.signal) : [],
    wants('health.client-connections') ? clientsOf(overview, target, options.signal) : NOT_LOOKED.clients,
  ])
  return { local: facts, certificates, clients }
}

const NOTHING_LOCAL: LocalLook = { facts: NOT_LOOKED.local, configs: [] }

async function locally({ members }: Overview, target: Target): Promise<LocalLook> {
  const { lookLocally } = await import('./local.ts')
  return lookLocally(members, target)
}

/** The share of the limit from which on it is worth asking: no address can have more than there are. */
const WORTH_ASKING = 0.5

async function clientsOf({ members }: Overview, target: Target, signal: AbortSignal): Promise<Looked['clients']> {
  const crowded = members.filter(({ answer }) => {
    const most = Number(answer?.settings.get('maxClientCnxns') ?? 0)
    return most > 0 && (answer?.metrics.get('num_alive_connections') ?? 0) >= most * WORTH_ASKING
  })
  if (crowded.length === 0) return NOT_LOOKED.clients
  const options = { timeoutMs: target.timeoutMs, tls: await tlsMaterial(target.tls), signal }
  const found = await Promise.all(crowded.map(async (one) => [memberKey(one), await topClient(one, options)] as const))
  return new Map(found.flatMap(([key, top]) => (top === null ? [] : [[key, top] as const])))
}

/** Ports between servers are not asked: every handshake leaves a line in their logs, and checks run every minute. */
async function certificatesOf(
  target: Target,
  configs: readonly Member[],
  signal: AbortSignal,
): Promise<readonly CertificateEnd[]> {
  const secure = target.tls !== null || target.servers.some(({ ports }) => ports.secure !== null)
  if (!secure && configs.length === 0) return []
  const { clientCertificates } = await import('../certs/ends.ts')
  return clientCertificates(target, configs, signal)
}
