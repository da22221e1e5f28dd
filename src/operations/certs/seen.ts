/* Certificates with the places where they were seen, and findings about them. */
import type { X509Certificate } from 'node:crypto'
import type { Finding } from '../../support/finding.ts'
import type { AskedPort, OwnStore } from './check.ts'
import { CERTS_FINDINGS } from './findings.ts'

export interface CertificateCase {
  readonly ports: readonly AskedPort[]
  readonly stores: readonly OwnStore[]
  readonly now: number
  readonly warnMs: number
  readonly criticalMs: number
  /** What the user trusts; null: nobody said. */
  readonly trusted: readonly X509Certificate[] | null
  /** The name that the user expects instead of the host. */
  readonly servername: string | null
  /** Members whose ports between servers were not asked. */
  readonly unasked: readonly number[]
}

/** A certificate with its chain, where it was seen. */
export interface Seen {
  readonly member: number | null
  /** `election port of server 1`, or a file. */
  readonly where: string
  readonly file: string | null
  readonly kind: AskedPort['kind']
  /** The own one first. */
  readonly chain: readonly X509Certificate[]
  /** What it is reached by. */
  readonly host: string | null
  readonly voter: boolean
}

type Report = Pick<Finding, 'code' | 'severity' | 'message'> & {
  readonly member: number | null
  readonly file?: string | null
  readonly evidence?: Finding['evidence']
}

export function finding({ code, severity, message, member, file = null, evidence }: Report): Finding {
  const remedy = CERTS_FINDINGS[code]!.remedy
  return {
    ...{ code, severity, message },
    ...(file === null ? {} : { file }),
    ...(member === null ? {} : { member: String(member) }),
    ...(evidence === undefined ? {} : { evidence }),
    remedy,
  }
}

export function seenAtPort({ member, kind, host, port, served }: AskedPort): readonly Seen[] {
  if (served.state !== 'tls') return []
  const where = `${kind} port ${host}:${port}`
  return [{ member, where, file: null, kind, chain: served.chain, host, voter: true }]
}

export function seenInStore({ member, prefix, role, location, outcome, host, voter }: OwnStore): readonly Seen[] {
  if (role !== 'keyStore' || outcome.state !== 'opened' || outcome.own.length === 0) return []
  const kind = prefix === 'ssl.' ? 'client' : 'quorum'
  return [{ member, where: location.value, file: location.value, kind, chain: outcome.own, host, voter }]
}

/** Once for a certificate of a member, however many places show it. */
export function byCertificate(
  seen: readonly Seen[],
): readonly { readonly certificate: X509Certificate; readonly at: Seen[] }[] {
  const groups = new Map<string, { readonly certificate: X509Certificate; readonly at: Seen[] }>()
  for (const one of seen) {
    for (const certificate of one.chain) {
      const key = `${one.member} ${certificate.fingerprint256}`
      const group = groups.get(key)
      if (group === undefined) groups.set(key, { certificate, at: [one] })
      else group.at.push(one)
    }
  }
  return [...groups.values()]
}
