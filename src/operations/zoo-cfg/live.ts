/* --live: files held against what the running members say. */
import type { Difference } from '../../config/compare.ts'
import { addressText } from '../../config/inventory/connect.ts'
import { baseOfConfig } from '../../config/inventory/from-config.ts'
import { type Member, memberId } from '../../config/member.ts'
import type { Release } from '../../config/release.ts'
import { compareRunning } from '../../config/running.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { type RunningConfig, type RunningMember, runningConfig } from '../ensemble/running-config.ts'
import type { LiveOptions } from '../inventory/target.ts'

/** Whom to ask: who is named, else every member that the files know, each by its own file first. */
function liveOf({ options, timeoutMs }: LiveLook, members: readonly Member[]): LiveOptions {
  if (options !== undefined) return options
  const addresses = members.flatMap((member) => {
    const { servers, connect } = baseOfConfig(member)
    const own = servers.find(({ id, ports }) => BigInt(id) === memberId(member) && ports.client !== null)
    return [...(own === undefined ? [] : [{ host: own.clientHost, port: own.ports.client! }]), ...connect]
  })
  return { connect: [...new Set(addresses.map(addressText))].join(','), timeoutMs }
}

export interface LiveLook {
  /** Undefined: the members of each file. */
  readonly options: LiveOptions | undefined
  readonly timeoutMs: number | undefined
}

/** What differs between each file and its running member. Throws `usage.*`, `server.refused`. */
export async function liveFindings(
  members: readonly Member[],
  look: LiveLook,
  release: Release,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  if (members.length === 0) return []
  const running = await runningConfig(liveOf(look, members), signal)
  return [...running.findings, ...members.flatMap((member) => findingsOf(member, running, release))]
}

function findingsOf(member: Member, running: RunningConfig, release: Release): readonly Finding[] {
  const id = memberId(member)
  const place = { file: member.file, ...(id === null ? {} : { member: String(id) }) }
  const own = runningMember(member, running)
  if (own === undefined) {
    const who =
      id === null ? 'which running member it is is not known: there is no myid' : `server ${id} does not answer`
    return [
      {
        code: 'config.live-not-seen',
        severity: 'info',
        level: 'INFO',
        message: `not held against what runs: ${who}`,
        ...place,
      },
    ]
  }
  const blind: Finding[] =
    own.blind === null
      ? []
      : [
          {
            ...{ code: 'config.live-not-seen', severity: 'info', level: 'INFO', ...place },
            message: `${own.name} does not tell its settings`,
            evidence: { setting: own.blind },
          },
        ]
  return [...blind, ...differencesOf(member, own, running, release).map((one) => differenceFinding(one, own, place))]
}

function differenceFinding(
  { key, a, b }: Difference,
  { name }: RunningMember,
  place: Pick<Finding, 'member'>,
): Finding {
  const words = (value: string | null) => value ?? 'not there'
  return {
    ...{ code: 'config.live-differs', severity: 'warning', level: 'HIGH', ...place },
    message: `${name} runs with ${key} ${words(b.value)}, and its files say ${words(a.value)}`,
    key,
    ...(a.file === null ? {} : { file: a.file }),
    evidence: { running: b.value, file: a.value, ...(a.line === null ? {} : { line: a.line }) },
  }
}

/** A file without an id can only be that of the only one. */
function runningMember(member: Member, { members, silent }: RunningConfig): RunningMember | undefined {
  const id = memberId(member)
  if (id === null) return members.length === 1 && silent.length === 0 ? members[0] : undefined
  return (
    members.find((one) => one.id === Number(id)) ??
    (members.length === 1 && members[0]!.id === null ? members[0] : undefined)
  )
}

function differencesOf(
  member: Member,
  { name, id, settings }: RunningMember,
  { membership, votersOnly }: RunningConfig,
  release: Release,
): readonly Difference[] {
  return compareRunning(member, { name, id, settings, membership: votersOnly ? null : membership }, release)
}

export interface LivePair {
  readonly b: string
  readonly differences: readonly Difference[]
}

/** A file against one running member: an id, or `host:port`. Throws `usage`, `server.*`. */
export async function diffLive(
  member: Member,
  wanted: string,
  look: LiveLook,
  release: Release,
  signal: AbortSignal,
): Promise<LivePair> {
  const byId = /^\d+$/.test(wanted)
  const options = byId ? liveOf(look, [member]) : { connect: wanted, timeoutMs: look.timeoutMs }
  const running = await runningConfig(options, signal)
  const own = running.members.find((one) => (byId ? one.id === Number(wanted) : isAt(one, wanted)))
  if (own === undefined) {
    const known = running.members.map(({ name }) => name).join(', ')
    throw new ZkopsError('server.refused', `${byId ? `server ${wanted}` : wanted} does not answer`, {
      hint: `There ${running.members.length === 1 ? 'is' : 'are'} ${known}.`,
    })
  }
  if (own.settings.size === 0) {
    throw new ZkopsError('server.not-allowed', `${own.name} does not tell its settings`, {
      hint: own.blind === null ? undefined : `Set ${own.blind}.`,
    })
  }
  return { b: own.name, differences: differencesOf(member, own, running, release) }
}

/** The one that was asked, not those that it told of. */
function isAt({ host, settings }: RunningMember, wanted: string): boolean {
  const port = /:(\d+)$/.exec(wanted)?.[1] ?? '2181'
  const name = wanted.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  return host === name && (settings.get('clientPort') ?? port) === port
}
