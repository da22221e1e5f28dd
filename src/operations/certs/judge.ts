/* What is wrong with certificates: each of them alone, then those of a member, then those of members to each other. */
import type { X509Certificate } from 'node:crypto'
import type { Finding } from '../../support/finding.ts'
import { isFor } from '../zoo-cfg/member-store.ts'
import { DAY_MS, endOf, mayBe, namesOf, oneLine, startOf } from './certificate.ts'
import { badStores, distrust, sameDay, stale } from './judge-members.ts'
import { byCertificate, type CertificateCase, finding, type Seen, seenAtPort, seenInStore } from './seen.ts'

export function judgeCertificates(one: CertificateCase): readonly Finding[] {
  const seen = [...one.ports.flatMap(seenAtPort), ...one.stores.flatMap(seenInStore)]
  const findings = [
    ...expiries(one, seen),
    ...names(one, seen),
    ...usages(seen),
    ...weakKeys(seen),
    ...distrust(one, seen),
    ...stale(one),
    ...badStores(one),
    ...silentPorts(one),
    ...sameDay(one, seen),
    ...unasked(one, seen),
  ]
  return findings.sort((a, b) => WEIGHT[b.severity] - WEIGHT[a.severity])
}

/** A finding about a file says so itself. */
const placeText = (where: string, file: string | null): string => (file === null ? ` (${where})` : '')

const WEIGHT = { error: 2, warning: 1, info: 0 } as const

function* expiries({ stores, now, warnMs, criticalMs }: CertificateCase, seen: readonly Seen[]): Generator<Finding> {
  for (const { certificate, at } of byCertificate(seen)) {
    const said = validity(certificate, now, warnMs, criticalMs)
    if (said === undefined) continue
    const places = [...new Set(at.map(({ where }) => where))]
    const [{ member, file }] = at as [Seen]
    const evidence = { ...said.evidence, places }
    yield finding({
      ...said,
      message: `${said.message}${file !== null && places.length === 1 ? '' : ` (${places.join(', ')})`}`,
      member,
      file,
      evidence,
    })
  }
  for (const { member, role, location, outcome } of stores) {
    if (role !== 'trustStore' || outcome.state !== 'opened') continue
    for (const certificate of outcome.trusted) {
      const said = validity(certificate, now, warnMs, criticalMs)
      if (said?.code !== 'certs.expired') continue
      const message = `${said.message}, but it is only trusted: Java does not look at the dates of what it trusts`
      yield finding({ ...said, severity: 'info', message, member, file: location.value })
    }
  }
}

export function validity(certificate: X509Certificate, now: number, warnMs: number, criticalMs: number) {
  const [from, to] = [startOf(certificate), endOf(certificate)]
  const subject = oneLine(certificate.subject)
  const evidence = { subject, validFrom: new Date(from).toISOString(), validTo: new Date(to).toISOString() }
  const left = to - now
  if (now < from) {
    const message = `the certificate of ${subject} is not valid before ${evidence.validFrom}`
    return { code: 'certs.expired', severity: 'error', message, evidence } as const
  }
  if (left < 0) {
    const message = `the certificate of ${subject} expired on ${evidence.validTo}`
    return { code: 'certs.expired', severity: 'error', message, evidence } as const
  }
  if (left >= warnMs) return undefined
  const severity = left < criticalMs ? 'error' : 'warning'
  const message = `the certificate of ${subject} expires in ${daysText(left)}, on ${evidence.validTo}`
  return { code: 'certs.expires', severity, message, evidence } as const
}

function daysText(ms: number): string {
  const days = Math.floor(ms / DAY_MS)
  return days === 1 ? '1 day' : days > 0 ? `${days} days` : `${Math.max(1, Math.floor(ms / 3_600_000))} h`
}

function* names({ servername }: CertificateCase, seen: readonly Seen[]): Generator<Finding> {
  const told = new Set<string>()
  for (const { member, where, file, kind, chain, host } of seen) {
    const wanted = kind === 'client' && file === null ? (servername ?? host) : host
    const [own] = chain
    if (kind === 'admin' || wanted === null || own === undefined || isFor(own, wanted)) continue
    const key = `${member} ${wanted} ${own.fingerprint256}`
    if (told.has(key)) continue
    told.add(key)
    // clients do not come by this machine's own name
    const severity = kind === 'client' && servername === null && isLoopback(wanted) ? 'info' : 'warning'
    const message = `the certificate of ${oneLine(own.subject)} is not for ${wanted}${placeText(where, file)}`
    const evidence = { host: wanted, names: namesOf(own) }
    yield finding({ code: 'certs.host', severity, message, member, file, evidence })
  }
}

const isLoopback = (host: string): boolean => /^(localhost|127\.[\d.]+|\[?::1\]?)$/.test(host)

function* usages(seen: readonly Seen[]): Generator<Finding> {
  for (const { certificate, at } of byCertificate(seen.map((one) => ({ ...one, chain: one.chain.slice(0, 1) })))) {
    const peers = at.some(({ kind }) => kind === 'quorum' || kind === 'election')
    const lacks = [
      ...(mayBe(certificate, 'server') ? [] : ['serverAuth']),
      ...(!peers || mayBe(certificate, 'client') ? [] : ['clientAuth']),
    ]
    if (lacks.length === 0) continue
    const [{ member, file, where }] = at as [Seen]
    const message = `the certificate of ${oneLine(certificate.subject)} lacks the usage ${lacks.join(' and ')}${placeText(where, file)}`
    yield finding({ code: 'certs.usage', severity: 'error', message, member, file, evidence: { lacks } })
  }
}

const LEAST_BITS: Readonly<Record<string, number>> = { rsa: 2048, dsa: 2048 }

function* weakKeys(seen: readonly Seen[]): Generator<Finding> {
  for (const { certificate, at } of byCertificate(seen)) {
    const { asymmetricKeyType: kind = '', asymmetricKeyDetails } = certificate.publicKey
    const bits = asymmetricKeyDetails?.modulusLength
    if (bits === undefined || bits >= (LEAST_BITS[kind] ?? 0)) continue
    const [{ member, file, where }] = at as [Seen]
    const message = `the key of ${oneLine(certificate.subject)} has ${bits} bits only${placeText(where, file)}`
    yield finding({ code: 'certs.weak', severity: 'warning', message, member, file, evidence: { kind, bits } })
  }
}

function* silentPorts({ ports }: CertificateCase): Generator<Finding> {
  for (const { member, kind, host, port, served } of ports) {
    // only the leader listens on its quorum port
    if (served.state === 'tls' || (kind === 'quorum' && served.state === 'closed')) continue
    const plain = served.state === 'plain'
    const words = plain ? 'does not speak TLS' : 'could not be asked'
    yield finding({
      code: plain ? 'certs.plain' : 'certs.unreachable',
      severity: 'warning',
      message: `the ${kind} port ${host}:${port} ${words}: ${served.why}`,
      member,
    })
  }
}

function* unasked({ unasked: ids, ports, stores }: CertificateCase, seen: readonly Seen[]): Generator<Finding> {
  if (seen.length === 0 && stores.length === 0 && ports.length === 0) {
    yield finding({ code: 'certs.none', severity: 'info', message: 'nothing here is known to speak TLS', member: null })
  }
  if (ids.length === 0) return
  const message = `the ports between servers were not asked of server ${ids.join(', ')}: nothing says that they speak TLS`
  yield finding({ code: 'certs.not-asked', severity: 'info', message, member: null, evidence: { members: ids } })
}
