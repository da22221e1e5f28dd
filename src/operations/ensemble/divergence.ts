/*
 * Whether members hold the same data.
 *
 *   1. Every member's list of digests, at the same time; those of one release line are compared at the zxids that both
 *      have. A busy ensemble gives no false alarm: a digest belongs to a zxid, not to a moment.
 *   2. Counts of znodes and ephemerals: only of members that stand still at the same zxid, seen twice.
 *
 * Guarantees: `same` means equal digests at every zxid that could be compared, one at least for each member.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Digests, readDigests } from '../../cluster/observe/digests.ts'
import { idOf, type MemberState, type ObservedMember, stateOf } from '../../cluster/observe/model.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import { findTarget } from '../inventory/target.ts'
import { type LiveOptions, observeFound, targetName, tlsMaterial } from './observe-target.ts'
import { memberKey } from './overview.ts'

export interface DivergenceMember {
  readonly id: number | null
  readonly host: string
  readonly clientPort: number | null
  readonly state: MemberState
  readonly version: string | null
  readonly zxid: bigint | null
  readonly znodes: number | null
  readonly ephemerals: number | null
  /** How many it told; null: none could be asked. */
  readonly digests: number | null
  readonly fromZxid: bigint | null
  readonly toZxid: bigint | null
}

export interface DigestDifference {
  readonly zxid: bigint
  readonly digests: readonly { readonly member: string; readonly digest: bigint }[]
}

export interface Divergence {
  readonly ensemble: string
  readonly at: string
  readonly verdict: 'same' | 'diverged' | 'unknown'
  /** Zxids at which two members or more could be compared. */
  readonly compared: number
  readonly firstDifference: DigestDifference | null
  readonly members: readonly DivergenceMember[]
  readonly findings: readonly Finding[]
}

interface Told {
  readonly member: ObservedMember
  readonly digests: Digests
}

const AGAIN_MS = 1000

export async function findDivergence(options: LiveOptions, signal: AbortSignal): Promise<Divergence> {
  const found = await findTarget(options)
  const { target } = found
  const { overview } = await observeFound(found, { signal })
  const ask = { timeoutMs: target.timeoutMs, tls: await tlsMaterial(target.tls), signal }
  const lists = await Promise.all(overview.members.map((member) => readDigests(member, ask)))
  const told = overview.members.map((member, i): Told => ({ member, digests: lists[i] ?? new Map() }))
  const digest = compareDigests(told)
  let counts = countsDiffer(overview.members)
  if (counts !== null) {
    await sleep(AGAIN_MS, undefined, { signal })
    const again = countsDiffer((await observeFound(found, { signal })).overview.members)
    counts = again !== null && again.evidence!.zxid === counts.evidence!.zxid ? again : null
  }
  const alone = told.filter((one) => !digest.comparedMembers.has(one.member))
  const findings = [...digest.findings, ...(counts === null ? [] : [counts]), ...unseen(alone)]
  const diverged = digest.first !== null || counts !== null
  return {
    ensemble: targetName(target),
    at: overview.at.toISOString(),
    verdict: diverged ? 'diverged' : alone.length === 0 && told.length > 1 ? 'same' : 'unknown',
    compared: digest.compared,
    firstDifference: digest.first,
    members: overview.members.map((member, i) => memberOf(member, lists[i] ?? null)),
    findings,
  }
}

interface Compared {
  readonly compared: number
  readonly comparedMembers: ReadonlySet<ObservedMember>
  readonly first: DigestDifference | null
  readonly findings: readonly Finding[]
}

/** Members of one release line against each other: the digest of another line may be made otherwise. */
export function compareDigests(told: readonly Told[]): Compared {
  const zxids = [...new Set(told.flatMap(({ digests }) => [...digests.keys()]))].sort((a, b) => (a < b ? -1 : 1))
  const comparedMembers = new Set<ObservedMember>()
  const differences = new Map<ObservedMember, DigestDifference>()
  let compared = 0
  let first: DigestDifference | null = null
  for (const zxid of zxids) {
    for (const line of new Set(told.map(lineOf))) {
      const some = told.filter((one) => lineOf(one) === line && one.digests.has(zxid))
      if (some.length < 2) continue
      compared++
      for (const { member } of some) comparedMembers.add(member)
      const digests = some.map((one) => ({ member: memberKey(one.member), digest: one.digests.get(zxid)! }))
      const odd = oddOnes(some, zxid)
      if (odd.length === 0) continue
      first ??= { zxid, digests }
      for (const { member } of odd) if (!differences.has(member)) differences.set(member, { zxid, digests })
    }
  }
  const findings = [...differences].map(([member, { zxid, digests }]): Finding => {
    const message = `its data is not that of the others: the digest at ${hex64(zxid)} differs`
    return finding('divergence.digest', 'error', message, { member: memberKey(member), zxid, evidence: { digests } })
  })
  return { compared, comparedMembers, first, findings }
}

const lineOf = ({ member }: Told): string => /^\d+\.\d+/.exec(member.answer?.version ?? '')?.[0] ?? '?'

/** Those that differ from most; of two that differ nobody knows which is right, so both. */
function oddOnes(some: readonly Told[], zxid: bigint): readonly Told[] {
  const counts = new Map<bigint, number>()
  for (const { digests } of some) counts.set(digests.get(zxid)!, (counts.get(digests.get(zxid)!) ?? 0) + 1)
  if (counts.size < 2) return []
  const most = Math.max(...counts.values())
  const right = [...counts].filter(([, count]) => count === most)
  return right.length > 1 ? some : some.filter(({ digests }) => digests.get(zxid) !== right[0]![0])
}

function countsDiffer(members: readonly ObservedMember[]): Finding | null {
  const serving = members.filter((member) => ['leading', 'following', 'observing'].includes(stateOf(member)))
  const counts = serving.flatMap((member) => {
    const znodes = countOf(member, 'znode_count')
    const ephemerals = countOf(member, 'ephemerals_count')
    return znodes === null ? [] : [{ member: memberKey(member), znodes, ephemerals }]
  })
  const zxids = new Set(serving.map(({ answer }) => answer?.zxid ?? null))
  const [zxid] = zxids
  if (counts.length < 2 || zxids.size !== 1 || zxid == null) return null
  const differs = (of: (one: (typeof counts)[number]) => number | null) =>
    new Set(counts.map(of).filter((value) => value !== null)).size > 1
  if (!differs(({ znodes }) => znodes) && !differs(({ ephemerals }) => ephemerals)) return null
  const said = counts.map(({ member, znodes }) => `server ${member} ${znodes}`)
  const message = `all stand at ${hex64(zxid)}, and do not hold the same number of znodes or ephemerals: ${said.join(', ')}`
  return finding('divergence.counts', 'error', message, { zxid, evidence: { zxid, counts } })
}

function countOf({ answer }: ObservedMember, name: string): number | null {
  return answer?.metrics.get(name) ?? null
}

function unseen(alone: readonly Told[]): readonly Finding[] {
  return alone.map(({ member, digests }) => {
    const why =
      member.answer === null
        ? (member.failures.at(-1)?.message ?? 'it does not answer')
        : digests.size === 0
          ? 'it tells no digests'
          : 'no other member of its release has digests of the same zxids'
    const message = `it could not be compared: ${why}`
    return finding('divergence.not-compared', 'warning', message, { member: memberKey(member) })
  })
}

function finding(
  code: keyof typeof DIVERGENCE_REMEDIES,
  severity: Finding['severity'],
  message: string,
  more: Partial<Finding>,
): Finding {
  return { code, severity, message, ...more, remedy: DIVERGENCE_REMEDIES[code] }
}

export const DIVERGENCE_REMEDIES = {
  'divergence.digest':
    'Stop this member, keep its directory for zkops data compare and log diff, and let it synchronise anew from an empty one while the others are a quorum.',
  'divergence.counts': 'Compare the directories with zkops data compare; ephemerals may be left over on one of them.',
  'divergence.not-compared':
    'Digests come every 128 transactions since the start, from 3.6 on with digest.enabled: allow hash in 4lw.commands.whitelist or the AdminServer, and ask again after some writes.',
} as const

function memberOf(member: ObservedMember, digests: Digests | null): DivergenceMember {
  const { place, answer } = member
  const zxids = [...(digests?.keys() ?? [])].sort((a, b) => (a < b ? -1 : 1))
  return {
    id: idOf(member),
    host: place.host,
    clientPort: place.clientPort ?? place.securePort,
    state: stateOf(member),
    version: answer?.version ?? null,
    zxid: answer?.zxid ?? null,
    znodes: countOf(member, 'znode_count'),
    ephemerals: countOf(member, 'ephemerals_count'),
    digests: digests?.size ?? null,
    fromZxid: zxids[0] ?? null,
    toZxid: zxids.at(-1) ?? null,
  }
}
