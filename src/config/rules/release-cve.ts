import { filesRule } from './rule.ts'

interface Hole {
  readonly what: string
  readonly affects: (minor: number, patch: number) => boolean
}

const HOLES: readonly Hole[] = [
  {
    what: 'no authentication between servers (CVE-2018-8012)',
    affects: (m, p) => (m === 4 && p < 10) || (m === 5 && p < 4),
  },
  { what: 'getACL shows digests (CVE-2019-0201)', affects: (m, p) => (m === 4 && p < 14) || (m === 5 && p < 5) },
  {
    what: 'SASL between servers can be passed by (CVE-2023-44981)',
    affects: (m, p) => m < 7 || (m === 7 && p < 2) || (m === 8 && p < 3) || (m === 9 && p < 1),
  },
  {
    what: 'persistent watches see what ACLs forbid (CVE-2024-23944)',
    affects: (m, p) => m === 6 || m === 7 || (m === 8 && p < 4) || (m === 9 && p < 2),
  },
  { what: 'addresses can be faked to the admin server (CVE-2024-51504)', affects: (m, p) => m === 9 && p < 3 },
  { what: 'snapshot and restore ask for too little (CVE-2025-58457)', affects: (m, p) => m === 9 && p < 4 },
  {
    what: 'reverse lookups and logs of clients give things away',
    affects: (m, p) => (m === 8 && p < 6) || (m === 9 && p < 5),
  },
]

export const rule = filesRule(
  {
    id: 'L-V03',
    code: 'config.release-cve',
    level: 'HIGH',
    summary: 'Security holes of this release are known.',
    cause: 'It is older than their repair.',
    evidence: 'The CVEs.',
    remedy: 'Use the newest release of the line, or of a newer one.',
    source: 'the security page of the project',
  },
  function* ({ members: [member], release, exactRelease }) {
    if (member === undefined || !exactRelease) return
    const known = HOLES.filter(({ affects }) => affects(release.minor, release.patch)).map(({ what }) => what)
    if (known.length > 0) yield { member, message: `${release.name}: ${known.join('; ')}`, evidence: { known } }
  },
)
