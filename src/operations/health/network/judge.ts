/*
 * What handshakes say about an ensemble. Rules, for a port that is not open:
 *
 *   1. Of a member that is not up (no source of it answers, no port of it is open from anywhere) nothing is judged but that.
 *   2. client: it must be open from this machine; no server needs it.
 *   3. quorum: open where its member leads. Where it does not lead nobody listens, so refused is as it must be; no answer
 *      and no way are not, because it may lead next.
 *   4. election: open from every member that needs it (links.ts).
 *   5. This machine is no member: a firewall may well keep it from quorum and election ports. Refused, though, comes from
 *      the host itself as a rule, so it counts, as a warning.
 */
import type { Finding, Severity } from '../../../support/finding.ts'
import { NETWORK_FINDINGS } from './findings.ts'
import { HERE, type JudgedLink, type LinkVerdict, type NetworkMember, type TriedLink } from './model.ts'

export interface Judged {
  readonly links: readonly JudgedLink[]
  readonly findings: readonly Finding[]
}

/** `leader`: by its name; null: nobody leads, or not all the time. */
export function judgeLinks(
  links: readonly TriedLink[],
  members: readonly NetworkMember[],
  leader: string | null,
): Judged {
  const byName = new Map(members.map((member) => [member.name, member]))
  const reached = new Set(links.filter(({ outcome }) => outcome === 'open').map(({ to }) => to))
  const isUp = ({ name, state }: NetworkMember) => state !== 'down' || reached.has(name)
  const judged = links.map((link): JudgedLink => {
    const to = byName.get(link.to)!
    return { ...link, verdict: isUp(to) ? verdictOf(link, to, link.to === leader) : 'unjudged' }
  })
  return {
    links: judged,
    findings: [
      ...members
        .filter((member) => !isUp(member) && links.some(({ to }) => to === member.name))
        .map(({ name }) => networkFinding('network.member-unreached', 'error', 'none of its ports is reached', name)),
      ...faultFindings(judged, byName, leader),
    ],
  }
}

function verdictOf({ from, port, outcome }: TriedLink, to: NetworkMember, leads: boolean): LinkVerdict {
  const here = from === HERE
  if (outcome === 'open') return port === 'client' && here && to.silent !== null ? 'fault' : 'ok'
  if (port === 'client') return here ? 'fault' : 'unjudged'
  if (port === 'quorum' && !leads && outcome === 'refused') return 'idle'
  return !here || outcome === 'refused' ? 'fault' : 'unjudged'
}

/** One for all places from which it is the same. */
function faultFindings(
  links: readonly JudgedLink[],
  byName: ReadonlyMap<string, NetworkMember>,
  leader: string | null,
): readonly Finding[] {
  const groups = new Map<string, JudgedLink[]>()
  for (const link of links.filter(({ verdict }) => verdict === 'fault')) {
    const key = [link.to, link.port, link.host, link.number, link.outcome, link.from === HERE].join(' ')
    groups.set(key, [...(groups.get(key) ?? []), link])
  }
  return [...groups.values()].map((group) => faultFinding(group, byName, leader))
}

function faultFinding(
  group: readonly JudgedLink[],
  byName: ReadonlyMap<string, NetworkMember>,
  leader: string | null,
): Finding {
  const { from, to, port, host, number, outcome, detail } = group[0]!
  const here = from === HERE
  const evidence = { from: group.map((link) => link.from), address: `${host}:${number}`, outcome, detail }
  if (outcome === 'open') {
    const { silent } = byName.get(to)!
    const message = `its client port ${host}:${number} takes connections, but no server answers on them`
    return networkFinding('network.half-open', 'error', message, to, { ...evidence, detail: silent })
  }
  const code = port === 'client' ? 'network.client-blocked' : (`network.${port}-blocked` as const)
  const who = here ? 'this machine' : nameList(group.map((link) => link.from))
  const leads = port === 'quorum' ? (to === leader ? ', and it leads' : ', though it does not lead now') : ''
  const message = `${who} cannot reach its ${port} port ${host}:${number}: ${OUTCOME_TEXT[outcome]}${leads}`
  return networkFinding(code, severityOf(group, byName, leader), message, to, evidence)
}

function severityOf(
  group: readonly JudgedLink[],
  byName: ReadonlyMap<string, NetworkMember>,
  leader: string | null,
): Severity {
  const { from, to, port } = group[0]!
  if (port === 'client') return 'error'
  if (from === HERE) return 'warning'
  if (port === 'quorum') return to === leader ? 'error' : 'warning'
  const voters = [...group.map((link) => link.from), to].map((name) => byName.get(name)?.role !== 'observer')
  return voters.at(-1) === true && voters.slice(0, -1).includes(true) ? 'error' : 'warning'
}

export const OUTCOME_TEXT = {
  open: 'open',
  refused: 'refused',
  timeout: 'no answer',
  unreachable: 'no way to the host',
  unresolved: 'the name is not resolved',
  failed: 'it could not be tried',
} as const

export const nameList = (names: readonly string[]): string =>
  `server${names.length === 1 ? '' : 's'} ${names.join(', ')}`

export function networkFinding(
  code: string,
  severity: Severity,
  message: string,
  member?: string,
  evidence?: Readonly<Record<string, unknown>>,
): Finding {
  return {
    ...{ code, severity, message },
    ...(member === undefined ? {} : { member }),
    ...(evidence === undefined ? {} : { evidence }),
    remedy: NETWORK_FINDINGS[code]!.remedy,
  }
}
