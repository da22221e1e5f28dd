/*
 * reconfig show: the configuration as each member has it.
 *
 * 1. All members are observed (conf, AdminServer, config znode). Members whose version is not seen that way are asked by
 *    a session each.
 * 2. The newest is what counts; who has another one is told with the lines that differ.
 * 3. Proposals without a known commit lie in .dynamic.next beside the zoo.cfg of a member: looked at where the zoo.cfg
 *    is on this machine (--config, or config in the inventory).
 */
import { clientPlaceOf, type Membership } from '../../cluster/observe/membership.ts'
import { idOf, type MemberState, type ObservedMember, stateOf } from '../../cluster/observe/model.ts'
import type { ServerLine } from '../../config/ensemble.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import { type LiveOptions, observeFound } from '../ensemble/observe-target.ts'
import { memberKey } from '../ensemble/overview.ts'
import { findTarget } from '../inventory/target.ts'
import { RECONFIG_FINDINGS } from './findings.ts'
import { configOf, isSynced, type MemberConfig, newestOf, type Proposal, proposalsOf } from './member-configs.ts'

export interface ShownServer {
  readonly id: number
  readonly role: 'participant' | 'observer'
  readonly host: string
  readonly quorumPort: number
  readonly electionPort: number | null
  readonly clientAddress: string | null
  readonly clientPort: number | null
  /** Null where majorities decide. */
  readonly weight: number | null
  readonly group: number | null
  readonly state: MemberState
  readonly synced: boolean
}

export interface ShownMember {
  readonly id: number
  /** Null where it could not be read. */
  readonly version: bigint | null
  readonly agrees: boolean
}

export interface ReconfigShown {
  readonly ensemble: string
  /** How many members did. */
  readonly answered: number
  /** Of the newest configuration; null when none is kept. */
  readonly version: bigint | null
  readonly leader: number | null
  readonly quorumSystem: 'majority' | 'hierarchical'
  readonly servers: readonly ShownServer[]
  readonly byMember: readonly ShownMember[]
  /** Version of a proposal that is not known to be committed. */
  readonly pending: bigint | null
  readonly findings: readonly Finding[]
}

/** Throws as observeTarget does. */
export async function showReconfig(options: LiveOptions, signal: AbortSignal): Promise<ReconfigShown> {
  const found = await findTarget(options)
  const { target } = found
  const look = async () => {
    const observed = await observeFound(found, { signal })
    const configs = await Promise.all(observed.overview.members.map((member) => configOf(member, target, signal)))
    return { ...observed, configs, newest: newestOf(configs) ?? observed.overview.membership }
  }
  const first = await look()
  // members that were electing tell nothing, and soon after all of it: who else there is can be seen by now
  const again = first.overview.membership === null && first.newest !== null
  const { name, overview, findings, configs, newest } = again ? await look() : first
  const version = newest?.version ?? null
  const byMember = configs.map(({ id, membership }) => ({
    id,
    version: membership?.version ?? null,
    agrees:
      membership !== null && version !== null && membership.version === version && membership.text === newest?.text,
  }))
  const proposals = proposalsOf(target).filter(({ version: proposed }) => proposed > (version ?? 0n))
  return {
    ensemble: name,
    answered: overview.members.filter(({ answer }) => answer !== null).length,
    version,
    leader: overview.leader === null ? null : idOf(overview.leader),
    quorumSystem: newest !== null && newest.groups.size > 0 ? 'hierarchical' : 'majority',
    servers: newest === null ? [] : serversOf(newest, overview.members),
    byMember,
    pending: proposals.reduce<bigint | null>(
      (most, one) => (most === null || one.version > most ? one.version : most),
      null,
    ),
    findings: [
      ...(version === null ? [notKept(overview.members)] : configs.flatMap((one) => memberFindings(one, newest!))),
      ...(newest === null ? [] : unasked(newest, overview.members)),
      ...proposals.map((proposal) => pendingFinding(proposal, version)),
      ...findings,
    ],
  }
}

function serversOf(membership: Membership, members: readonly ObservedMember[]): readonly ShownServer[] {
  const groups = new Map(
    [...membership.groups].flatMap(([group, ids]) => ids.map((id) => [id, Number(group)] as const)),
  )
  const hierarchical = membership.groups.size > 0
  return [...membership.servers.values()]
    .map((server): ShownServer => {
      const id = Number(server.id)
      const member = members.find((one) => idOf(one) === id)
      const client = clientPlaceOf(server)
      return {
        ...{ id, role: server.role, ...peerOf(server) },
        clientAddress: server.client === null ? null : server.client.host,
        clientPort: client.port,
        weight: hierarchical ? Number(membership.weights.get(server.id) ?? 1n) : null,
        group: groups.get(server.id) ?? null,
        state: member === undefined ? 'down' : stateOf(member),
        synced: member !== undefined && isSynced(member),
      }
    })
    .sort((a, b) => a.id - b.id)
}

function peerOf({ addresses }: ServerLine) {
  const [first] = addresses
  const { host = '', quorumPort = 0, electionPort = null } = first ?? {}
  return { host, quorumPort, electionPort }
}

/** Members of the configuration that are not among those that were looked at. */
function unasked({ servers }: Membership, members: readonly ObservedMember[]): readonly Finding[] {
  const seen = new Set(members.map(idOf))
  const missing = [...servers.values()].filter(({ id }) => !seen.has(Number(id)))
  return missing.map(({ id }) => {
    const why = 'nobody who was asked says that it is that server'
    const message = `the configuration of server ${id} was not seen: ${why}`
    return finding('reconfig.not-seen', 'warning', message, String(id), { why })
  })
}

function memberFindings({ id, member, membership }: MemberConfig, newest: Membership): readonly Finding[] {
  const about = memberKey(member)
  if (membership === null) {
    const why = member.answer === null ? 'it is down' : 'neither conf nor a session tells it'
    const message = `the configuration of server ${about} was not seen: ${why}`
    return [finding('reconfig.not-seen', 'warning', message, about, { why })]
  }
  if (membership.text === newest.text && membership.version === newest.version) return []
  const [own, most] = [linesOf(membership), linesOf(newest)]
  const differences = [
    ...most.filter((line) => !own.includes(line)).map((line) => `not there: ${line}`),
    ...own.filter((line) => !most.includes(line)).map((line) => `only there: ${line}`),
  ]
  const versions = `${versionText(membership)} where ${versionText(newest)} is the newest`
  const what = differences.length === 0 ? '' : `: ${differences.join('; ')}`
  const message = `server ${id} has version ${versions}${what}`
  return [finding('reconfig.members-differ', 'error', message, about, { differences })]
}

const linesOf = ({ text }: Membership): readonly string[] => text.split('\n')

const versionText = ({ version }: Membership): string => (version === null ? 'unknown' : hex64(version))

function notKept(members: readonly ObservedMember[]): Finding {
  const states = members.map((member) => `${memberKey(member)}: ${stateOf(member)}`)
  const down = members.every(({ answer }) => answer === null)
  const message = down ? 'no member answers' : 'no member keeps a configuration that could be changed while it runs'
  return finding('reconfig.not-kept', 'error', message, undefined, { states })
}

function pendingFinding({ member, file, version }: Proposal, committed: bigint | null): Finding {
  const known = committed === null ? 'none' : hex64(committed)
  const message = `${file} holds a proposal of version ${hex64(version)}; the newest that is committed is ${known}`
  return { ...finding('reconfig.pending', 'warning', message, member === null ? undefined : String(member)), file }
}

function finding(
  code: string,
  severity: Finding['severity'],
  message: string,
  member?: string,
  evidence?: Readonly<Record<string, unknown>>,
): Finding {
  return {
    ...{ code, severity, message, remedy: RECONFIG_FINDINGS[code]!.remedy },
    ...(member === undefined ? {} : { member }),
    ...(evidence === undefined ? {} : { evidence }),
  }
}
