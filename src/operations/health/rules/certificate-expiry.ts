import { rounded, rule } from '../rule.ts'

const DAY_MS = 86_400_000

export const certificateExpiry = rule(
  {
    code: 'health.certificate-expiry',
    summary: 'A certificate ends soon, or has ended.',
    cause: 'It was made for a limited time, and nobody has replaced it.',
    evidence: 'Where it was seen, when it ends, and how many days are left.',
    remedy: 'Replace it, member by member; zkops health certs shows all of them and what else is wrong.',
    source: 'handshakes with ports for clients and of the AdminServer that speak TLS; with --local the key stores, too',
    limits: { warn: 30, critical: 7, unit: 'd' },
    perMember: true,
    expectedInMaintenance: false,
  },
  function* ({ at, certificates, members }, { warn, critical }) {
    for (const { member: id, where, subject, fromMs, toMs } of certificates) {
      const daysLeft = (toMs - at.getTime()) / DAY_MS
      const invalid = daysLeft < 0 || fromMs > at.getTime()
      const soon = critical !== null && daysLeft < critical ? 'error' : 'warning'
      if (!invalid && !(warn !== null && daysLeft < warn) && soon !== 'error') continue
      const ends = new Date(toMs).toISOString()
      const early = fromMs > at.getTime() ? `is not valid before ${new Date(fromMs).toISOString()}` : null
      const words = early ?? (daysLeft < 0 ? `expired on ${ends}` : `expires in ${Math.floor(daysLeft)} days`)
      yield {
        severity: invalid ? 'error' : soon,
        message: `the certificate of ${subject} ${words} (${where})`,
        member: members.find(({ place }) => place.id === id),
        evidence: { where, subject, validTo: ends, daysLeft: rounded(daysLeft) },
      }
    }
  },
)
