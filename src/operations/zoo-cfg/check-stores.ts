import type { X509Certificate } from 'node:crypto'
import type { Member } from '../../config/member.ts'
import type { Finding, Severity } from '../../support/finding.ts'
import { isFor, type MemberStore, ownHost, storesOf } from './member-store.ts'

const DAY_MS = 86_400_000
const SOON_DAYS = 30

/** What is wrong with the key and trust stores that a member names. */
export function checkStores(member: Member, now: number): readonly Finding[] {
  return storesOf(member).flatMap((store) => checkStore(member, store, now))
}

function checkStore(member: Member, { role, location, outcome }: MemberStore, now: number): readonly Finding[] {
  const found = (code: string, severity: Severity, message: string, evidence: object = {}): Finding => ({
    code: `config.${code}`,
    severity,
    level: severity === 'error' ? 'ERROR' : severity === 'warning' ? 'HIGH' : 'INFO',
    message,
    file: location.file,
    key: location.key,
    evidence: { line: location.line, store: location.value, ...evidence },
  })
  if (outcome.state === 'missing') return [found('store-missing', 'error', outcome.why)]
  if (outcome.state === 'password-file') return [found('store-password', 'error', outcome.why)]
  if (outcome.state !== 'opened') {
    const [code, severity] = UNOPENED[outcome.state]
    return [found(code, severity, `${location.value}: ${outcome.why}`)]
  }
  const findings: Finding[] = []
  const isKeyStore = role === 'keyStore'
  if (isKeyStore && !outcome.hasKey)
    findings.push(found('store-no-key', 'error', `${location.value} holds no private key`))
  for (const certificate of outcome.certificates) {
    const validity = validityOf(certificate, now)
    if (validity !== undefined)
      findings.push(found(validity.code, validity.severity, validity.message, validity.evidence))
  }
  const [own] = outcome.certificates
  const host = ownHost(member)
  if (isKeyStore && own !== undefined && host !== undefined && !isFor(own, host)) {
    findings.push(
      found('certificate-host', 'warning', `the certificate in ${location.value} is not for ${host}`, {
        host,
        names: own.subjectAltName ?? own.subject,
      }),
    )
  }
  return findings
}

const UNOPENED = {
  password: ['store-password', 'error'],
  damaged: ['store-unreadable', 'error'],
  unknown: ['store-not-checked', 'info'],
} as const

function validityOf(certificate: X509Certificate, now: number) {
  const [from, to] = [new Date(certificate.validFrom).getTime(), new Date(certificate.validTo).getTime()]
  const subject = certificate.subject.replaceAll('\n', ', ')
  const evidence = { subject, validFrom: new Date(from).toISOString(), validTo: new Date(to).toISOString() }
  if (now < from) {
    const message = `the certificate of ${subject} is not valid before ${evidence.validFrom}`
    return { code: 'certificate-expired', severity: 'error', message, evidence } as const
  }
  if (now > to) {
    const message = `the certificate of ${subject} expired on ${evidence.validTo}`
    return { code: 'certificate-expired', severity: 'error', message, evidence } as const
  }
  const days = Math.floor((to - now) / DAY_MS)
  if (days >= SOON_DAYS) return undefined
  const message = `the certificate of ${subject} expires in ${days} days`
  return { code: 'certificate-expires', severity: 'warning', message, evidence } as const
}
