import type { X509Certificate } from 'node:crypto'
import { ipv4, ipv6 } from '../../config/java/inet.ts'
import { type Member, memberId, type Setting, settingOf } from '../../config/member.ts'
import type { Finding, Severity } from '../../support/finding.ts'
import { openStore } from './open-store.ts'
import { readBytes } from './server-view.ts'

const DAY_MS = 86_400_000
const SOON_DAYS = 30

/** What is wrong with the key and trust stores that a member names. */
export function checkStores(member: Member, now: number): readonly Finding[] {
  return ['ssl.', 'ssl.quorum.'].flatMap((prefix) =>
    ['keyStore', 'trustStore'].flatMap((store) => {
      const location = settingOf(member, `${prefix}${store}.location`)
      return location === undefined ? [] : checkStore(member, `${prefix}${store}`, location, now)
    }),
  )
}

function checkStore(member: Member, store: string, location: Setting, now: number): readonly Finding[] {
  const found = (code: string, severity: Severity, message: string, evidence: object = {}): Finding => ({
    code: `config.${code}`,
    severity,
    level: severity === 'error' ? 'ERROR' : severity === 'warning' ? 'HIGH' : 'INFO',
    message,
    file: location.file,
    key: location.key,
    evidence: { line: location.line, store: location.value, ...evidence },
  })
  const bytes = readBytes(location.value)
  if (typeof bytes === 'string')
    return [found('store-missing', 'error', `${location.value} cannot be opened (${bytes})`)]
  const password = passwordOf(member, store)
  if (password === undefined) {
    return [found('store-password', 'error', `the file of ${store}.passwordPath cannot be read`)]
  }
  const opened = openStore(bytes, password)
  if (opened.state !== 'opened') {
    const [code, severity] = UNOPENED[opened.state]
    return [found(code, severity, `${location.value}: ${opened.why}`)]
  }
  const findings: Finding[] = []
  const isKeyStore = store.endsWith('keyStore')
  if (isKeyStore && !opened.hasKey)
    findings.push(found('store-no-key', 'error', `${location.value} holds no private key`))
  if (opened.kind === 'PKCS12' && !isKeyStore) {
    findings.push(
      found('store-not-checked', 'info', `${location.value} opens; which certificates are in it cannot be seen here`),
    )
  }
  for (const certificate of opened.certificates) {
    const validity = validityOf(certificate, now)
    if (validity !== undefined)
      findings.push(found(validity.code, validity.severity, validity.message, validity.evidence))
  }
  const [own] = opened.certificates
  const host = ownHost(member)
  if (isKeyStore && own !== undefined && host !== undefined && !names(own, host)) {
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

/** The server takes the file's text up to its end of line. */
function passwordOf(member: Member, store: string): string | undefined {
  const path = settingOf(member, `${store}.passwordPath`)?.value
  if (path === undefined) return settingOf(member, `${store}.password`)?.value ?? ''
  const bytes = readBytes(path)
  return typeof bytes === 'string'
    ? undefined
    : Buffer.from(bytes)
        .toString('utf8')
        .replace(/\r?\n$/, '')
}

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

function ownHost(member: Member): string | undefined {
  const id = memberId(member)
  return id === null ? undefined : member.ensemble.servers.get(id)?.addresses[0]?.host
}

function names(certificate: X509Certificate, host: string): boolean {
  const literal = ipv4(host) ?? ipv6(host.replace(/^\[|\]$/g, ''))
  return (literal === undefined ? certificate.checkHost(host) : certificate.checkIP(literal)) !== undefined
}
