/* A certificate as results tell it, and what can be said of one by itself. */
import type { X509Certificate } from 'node:crypto'

export interface CertificateView {
  readonly subject: string
  readonly issuer: string
  readonly serial: string
  /** SHA-256 of all of it. */
  readonly fingerprint: string
  readonly validFrom: string
  readonly validTo: string
  /** Below 0: it has expired. */
  readonly daysLeft: number
  /** Whom it is for: `zk1.example.org`, `10.0.0.1`. */
  readonly names: readonly string[]
  readonly authority: boolean
}

export const DAY_MS = 86_400_000

export function certificateView(certificate: X509Certificate, now: number): CertificateView {
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    serial: certificate.serialNumber,
    fingerprint: certificate.fingerprint256,
    validFrom: new Date(certificate.validFrom).toISOString(),
    validTo: new Date(certificate.validTo).toISOString(),
    daysLeft: Math.floor(((endOf(certificate) - now) / DAY_MS) * 100) / 100,
    names: namesOf(certificate),
    authority: certificate.ca,
  }
}

export const startOf = ({ validFrom }: X509Certificate): number => Date.parse(validFrom)

export const endOf = ({ validTo }: X509Certificate): number => Date.parse(validTo)

/** `CN=zk1, O=Example`; a certificate may have no subject. */
export const oneLine = (name: string | undefined): string => (name ?? '').replaceAll('\n', ', ')

/** The alternative names, else the common name, which is what counts without any. */
export function namesOf({ subjectAltName, subject }: X509Certificate): readonly string[] {
  const names = (subjectAltName ?? '').split(', ').flatMap((one) => /^(?:DNS|IP Address):(.+)$/.exec(one)?.[1] ?? [])
  const common = /^CN=(.+)$/m.exec(subject ?? '')?.[1]
  return names.length > 0 || common === undefined ? names : [common]
}

const ANY_USE = '2.5.29.37.0'
const USES = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2' } as const

/** Whether it may be shown by a server, or by a client; without an extended key usage it may everything. */
export function mayBe(certificate: X509Certificate, whose: keyof typeof USES): boolean {
  const { keyUsage } = certificate
  return keyUsage === undefined || keyUsage.includes(USES[whose]) || keyUsage.includes(ANY_USE)
}

/**
 * Whether Java's trust manager gets from a chain to something that it trusts: the certificate itself, one of the chain,
 * or who issued one of them (sun.security.validator.PKIXValidator).
 */
export function isTrusted(chain: readonly X509Certificate[], trusted: readonly X509Certificate[]): boolean {
  return chain.some((one) =>
    trusted.some(
      (anchor) => anchor.fingerprint256 === one.fingerprint256 || (one.checkIssued(anchor) && signed(one, anchor)),
    ),
  )
}

function signed(one: X509Certificate, by: X509Certificate): boolean {
  try {
    return one.verify(by.publicKey)
  } catch {
    return false
  }
}
