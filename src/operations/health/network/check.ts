/*
 * Who reaches whom.
 *
 *   1. The members, their ports and who leads are observed, as health check does it.
 *   2. From this machine, and from every member that has an exec command, each port that matters is tried once, all at the
 *      same time: a TCP handshake, and nothing is sent. Names are resolved from the same places.
 *   3. The members are observed again: a member counts as leader only when it leads both times.
 *   4. What was seen is judged (judge.ts, names.ts).
 *
 * Nothing is changed anywhere. On the servers a handshake leaves lines in the log (docs/health.md).
 */
import { randomBytes } from 'node:crypto'
import { reach, resolveName } from '../../../cluster/reach.ts'
import { memberCommand } from '../../../cluster/remote/command.ts'
import { runCommand } from '../../../cluster/remote/run.ts'
import type { TargetServer } from '../../../config/inventory/target.ts'
import { interrupted, ZkopsError } from '../../../support/errors.ts'
import type { Finding } from '../../../support/finding.ts'
import { type LiveOptions, observeFound, targetName } from '../../ensemble/observe-target.ts'
import { memberKey } from '../../ensemble/overview.ts'
import { findTarget } from '../../inventory/target.ts'
import { judgeLinks, networkFinding } from './judge.ts'
import { linksFrom, namesIn } from './links.ts'
import { networkMembers } from './members.ts'
import { HERE, type JudgedLink, type Link, type NamesSeen, type NetworkMember, type TriedLink } from './model.ts'
import { type ComparedName, compareNames } from './names.ts'
import { isPlainHost, lookScript, readLook } from './script.ts'

export interface NetworkView {
  /** `here`, or a member. */
  readonly from: string
  readonly looked: boolean
  /** Why it could not be looked from there. */
  readonly reason: string | null
}

export interface NetworkCheck {
  readonly ensemble: string
  readonly at: string
  readonly tookMs: number
  readonly verdict: 'ok' | 'faulty'
  readonly leader: string | null
  readonly members: readonly NetworkMember[]
  readonly views: readonly NetworkView[]
  readonly links: readonly JudgedLink[]
  readonly names: readonly ComparedName[]
  readonly findings: readonly Finding[]
}

export interface NetworkOptions extends LiveOptions {
  /** Nothing is run on members. */
  readonly hereOnly: boolean
}

/** To get to a member and back. */
const EXEC_MS = 10_000
const MOST_BYTES = 1 << 20

export async function checkNetwork(options: NetworkOptions, signal: AbortSignal): Promise<NetworkCheck> {
  const started = performance.now()
  const found = await findTarget(options)
  const { overview } = await observeFound(found, { signal })
  const members = networkMembers(overview, found.target)
  const names = namesIn(members)
  const context: Context = { members, names, timeoutMs: found.target.timeoutMs, signal }
  const servers = options.hereOnly ? [] : found.target.servers.filter(({ exec }) => exec !== null)
  const seen = await Promise.all([lookFromHere(context), ...servers.map((server) => lookFromMember(server, context))])
  if (signal.aborted) throw interrupted()
  const leader = overview.leader === null ? null : memberKey(overview.leader)
  const again = (await observeFound(found, { signal })).overview.leader
  const steady = leader !== null && again !== null && memberKey(again) === leader ? leader : null
  const judged = judgeLinks(
    seen.flatMap(({ links }) => links),
    members,
    steady,
  )
  const compared = compareNames(
    names,
    seen.flatMap(({ namesSeen }) => namesSeen ?? []),
    members,
  )
  const findings = [
    ...judged.findings,
    ...compared.findings,
    ...viewFindings(seen.map(({ view }) => view)),
    ...unknownPorts(members),
    ...found.findings,
  ]
  return {
    ensemble: targetName(found.target),
    at: overview.at.toISOString(),
    tookMs: Math.round(performance.now() - started),
    verdict: findings.some(({ severity }) => severity !== 'info') ? 'faulty' : 'ok',
    leader: steady,
    members,
    views: seen.map(({ view }) => view),
    links: judged.links,
    names: compared.names,
    findings,
  }
}

interface Context {
  readonly members: readonly NetworkMember[]
  readonly names: readonly string[]
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

interface Seen {
  readonly view: NetworkView
  readonly links: readonly TriedLink[]
  readonly namesSeen: NamesSeen | null
}

async function lookFromHere({ members, names, timeoutMs, signal }: Context): Promise<Seen> {
  const links = linksFrom(HERE, members)
  const [tried, resolved] = await Promise.all([
    Promise.all(
      links.map(async (link) => ({ ...link, ...(await reach(link.host, link.number, { timeoutMs, signal })) })),
    ),
    Promise.all(names.map(async (name) => [name, await resolveName(name, timeoutMs)] as const)),
  ])
  const known = resolved.map(
    ([name, found]) => [name, found === 'timeout' ? null : [...new Set(found)].sort()] as const,
  )
  return {
    view: { from: HERE, looked: true, reason: null },
    links: tried,
    namesSeen: { from: HERE, names: new Map(known) },
  }
}

async function lookFromMember(server: TargetServer, context: Context): Promise<Seen> {
  const from = String(server.id)
  const { members, names, timeoutMs, signal } = context
  const links: readonly Link[] = linksFrom(from, members).filter(({ host }) => isPlainHost(host))
  const plain = names.filter(isPlainHost)
  const mark = `zkops${randomBytes(8).toString('hex')}`
  const failed = (reason: string): Seen => ({ view: { from, looked: false, reason }, links: [], namesSeen: null })
  try {
    const command = lookScript(mark, links, plain, timeoutMs)
    const run = { ...memberCommand({ command, where: 'member' }, server.exec, server), text: server.exec! }
    const bounds = { timeoutMs: timeoutMs * 2 + EXEC_MS, signal, keepBytes: MOST_BYTES }
    const { stdout, output, exitCode } = await runCommand(run, bounds)
    const text = stdout.toString()
    const look = readLook(mark, text, links.length, plain.length)
    if (look.toolless) return failed('it has neither bash with timeout nor an nc with -z')
    if (!text.includes(`${mark} `)) return failed(`exit status ${exitCode}: ${output.trim().slice(0, 300)}`)
    return {
      view: { from, looked: true, reason: null },
      links: links.map((link, i) => ({ ...link, ...look.ports[i]! })),
      namesSeen: { from, names: new Map(plain.map((name, i) => [name, look.names[i]!])) },
    }
  } catch (error) {
    if (!(error instanceof ZkopsError) || signal.aborted) throw error
    return failed(error.message)
  }
}

function viewFindings(views: readonly NetworkView[]): readonly Finding[] {
  const failed = views.filter(({ looked }) => !looked)
  if (views.length === 1) {
    return [networkFinding('network.here-only', 'info', 'it was looked from this machine only, not between members')]
  }
  return failed.map(({ from, reason }) =>
    networkFinding('network.no-view', 'warning', `it could not be looked from there: ${reason}`, from),
  )
}

function unknownPorts(members: readonly NetworkMember[]): readonly Finding[] {
  const unknown = members.filter(({ peers, state }) => peers.length === 0 && state !== 'standalone')
  if (unknown.length === 0) return []
  const names = unknown.map(({ name }) => name)
  return [
    networkFinding('network.ports-unknown', 'info', `quorum and election ports are not known of ${names.join(', ')}`),
  ]
}
