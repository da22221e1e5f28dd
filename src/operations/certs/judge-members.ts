/* What members' certificates are to each other, to the user, and to their own files. */
import type { X509Certificate } from 'node:crypto'
import type { Finding } from '../../support/finding.ts'
import { DAY_MS, endOf, isTrusted, oneLine } from './certificate.ts'
import type { OwnStore } from './check.ts'
import { type CertificateCase, finding, type Seen } from './seen.ts'

/** Members to each other by their trust stores; and the user, who gave what he trusts, to what clients are shown. */
export function* distrust({ stores, trusted }: CertificateCase, seen: readonly Seen[]): Generator<Finding> {
  const told = new Set<string>()
  for (const store of stores) {
    if (store.prefix !== 'ssl.quorum.' || store.role !== 'trustStore' || store.outcome.state !== 'opened') continue
    for (const { member, chain, kind, where } of seen) {
      const between = kind === 'quorum' || kind === 'election'
      const key = `${store.member} ${chain[0]?.fingerprint256}`
      if (!between || member === store.member || told.has(key) || isTrusted(chain, store.outcome.trusted)) continue
      told.add(key)
      const message = `server ${store.member ?? '?'} does not trust the certificate of server ${member ?? '?'} (${where})`
      yield untrusted(message, chain, store.member, store.location.value)
    }
  }
  if (trusted === null) return
  for (const { member, chain, kind, where, file } of seen) {
    if (kind !== 'client' || file !== null || isTrusted(chain, trusted)) continue
    yield untrusted(`what --tls-ca holds does not trust what the ${where} shows`, chain, member, null)
  }
}

function untrusted(
  message: string,
  chain: readonly X509Certificate[],
  member: number | null,
  file: string | null,
): Finding {
  const evidence = { chain: chain.map(({ subject }) => oneLine(subject)), issuer: oneLine(chain.at(-1)?.issuer) }
  const missing = `${message}: ${evidence.issuer} is not trusted`
  return finding({ code: 'certs.untrusted', severity: 'error', message: missing, member, file, evidence })
}

/** A member that shows something else than what its file holds. */
export function* stale({ ports, stores }: CertificateCase): Generator<Finding> {
  for (const { member, kind, host, port, served } of ports) {
    const prefix = kind === 'client' ? 'ssl.' : 'ssl.quorum.'
    const store = stores.find((one) => one.member === member && one.prefix === prefix && one.role === 'keyStore')
    if (served.state !== 'tls' || store?.outcome.state !== 'opened') continue
    const [shown, held] = [served.chain[0], store.outcome.own[0]]
    if (shown === undefined || held === undefined || shown.fingerprint256 === held.fingerprint256) continue
    const message = `the ${kind} port ${host}:${port} shows another certificate than its key store holds`
    const evidence = {
      served: { subject: oneLine(shown.subject), validTo: new Date(endOf(shown)).toISOString() },
      file: { subject: oneLine(held.subject), validTo: new Date(endOf(held)).toISOString() },
    }
    yield finding({
      code: 'certs.served-differs',
      severity: 'warning',
      message,
      member,
      file: store.location.value,
      evidence,
    })
  }
}

export function* badStores({ stores }: CertificateCase): Generator<Finding> {
  for (const { member, role, location, outcome } of stores) {
    const { key, value: file } = location
    const problem = outcome.state === 'opened' ? contentProblem(outcome, role) : outcome.why
    if (problem === null) continue
    const unknown = outcome.state === 'unknown'
    const code = unknown ? 'certs.store-unknown' : 'certs.store'
    const severity = unknown ? 'info' : 'error'
    yield finding({ code, severity, message: `${key}: ${problem}`, member, file, evidence: { key } })
  }
}

function contentProblem(
  { hasKey, trusted }: { readonly hasKey: boolean; readonly trusted: readonly unknown[] },
  role: OwnStore['role'],
): string | null {
  if (role === 'keyStore') return hasKey ? null : 'it holds no private key'
  return trusted.length > 0 ? null : 'it holds nothing that Java takes for trusted'
}

const FAR_MS = 90 * DAY_MS

export function* sameDay({ now }: CertificateCase, seen: readonly Seen[]): Generator<Finding> {
  const ends = new Map<number, number>()
  for (const { member, kind, chain, voter } of seen) {
    if (member === null || !voter || chain[0] === undefined || (kind !== 'quorum' && kind !== 'election')) continue
    ends.set(member, endOf(chain[0]))
  }
  const all = [...ends.values()]
  const [first, last] = [Math.min(...all), Math.max(...all)]
  if (ends.size < 2 || last - first >= DAY_MS || first - now > FAR_MS || last < now) return
  const message = `the certificates of servers ${[...ends.keys()].join(', ')} end on the same day, ${new Date(first).toISOString().slice(0, 10)}`
  yield finding({ code: 'certs.same-day', severity: 'info', message, member: null })
}
