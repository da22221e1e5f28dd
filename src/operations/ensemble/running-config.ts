/*
 * What running members say about their configuration, and who they take for members. The voting view of the AdminServer
 * leaves out observers, so the ensemble's own word, /zookeeper/config, is read where nothing else tells it.
 */
import { configZnode } from '../../cluster/observe/from-client.ts'
import type { Membership } from '../../cluster/observe/membership.ts'
import { idOf, type ObservedMember } from '../../cluster/observe/model.ts'
import { releaseOf } from '../../config/release.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { Finding } from '../../support/finding.ts'
import { type LiveOptions, observeTarget } from './observe-target.ts'
import { memberName } from './overview.ts'

export interface RunningMember {
  /** Null: it does not say, as a server that runs alone. */
  readonly id: number | null
  /** `server 3`, or where it was asked. */
  readonly name: string
  readonly host: string
  /** By the names of zoo.cfg, as far as it tells them; with `serverId`, `quorumPort` and `electionPort` besides. */
  readonly settings: ReadonlyMap<string, string>
  readonly adminPort: number | null
  /** The setting that would show more, when it tells none. */
  readonly blind: string | null
}

export interface RunningConfig {
  /** Where it comes from. */
  readonly name: string
  /** Null: 3.4, or a server that runs alone. */
  readonly membership: Membership | null
  /** Observers could not be seen. */
  readonly votersOnly: boolean
  /** Those that answered. */
  readonly members: readonly RunningMember[]
  /** Those that did not. */
  readonly silent: readonly string[]
  /** The line that all of them are of. */
  readonly zookeeper: string | null
  readonly findings: readonly Finding[]
}

/** Throws `usage.*`, `input.*`, and `server.refused` when no member answers. */
export async function runningConfig(options: LiveOptions, signal: AbortSignal): Promise<RunningConfig> {
  const { name, target, overview, findings } = await observeTarget(options, signal)
  const [up, down] = [overview.members.filter(isUp), overview.members.filter((member) => !isUp(member))]
  if (up.length === 0) {
    const why = overview.members.flatMap(({ failures }) => failures.map(({ message }) => message))[0]
    throw new ZkopsError('server.refused', `No member of ${name} answers${why === undefined ? '' : `: ${why}`}`, {
      hint: 'Are the client ports right? zkops ensemble status tells of each member.',
    })
  }
  const partial = overview.membership?.from === 'voting-view'
  const whole = partial ? await agreedMembership(up, target.timeoutMs, signal) : null
  return {
    name,
    membership: whole ?? overview.membership,
    votersOnly: partial && whole === null,
    members: up.map(runningMember),
    silent: down.map(memberName),
    zookeeper: lineOf(up),
    findings,
  }
}

function isUp({ answer }: ObservedMember): boolean {
  return answer !== null
}

/** Null: it could not be read, for example because the native client is not built. */
async function agreedMembership(
  members: readonly ObservedMember[],
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Membership | null> {
  const one = members.find(({ place }) => place.clientPort !== null)
  if (one === undefined) return null
  const deadline = performance.now() + timeoutMs
  return configZnode({ place: one.place, tls: null, deadline, signal }).catch((error: unknown) => {
    if (error instanceof ZkopsError) return null
    throw error
  })
}

function runningMember(member: ObservedMember): RunningMember {
  const { place, answer } = member
  const settings = answer?.settings ?? new Map<string, string>()
  return {
    ...{ id: idOf(member), name: memberName(member), host: place.host, settings },
    adminPort: answer?.via === 'admin' ? place.admin!.port : null,
    blind: settings.size === 0 ? (answer?.blind[0]?.setting ?? null) : null,
  }
}

function lineOf(members: readonly ObservedMember[]): string | null {
  const lines = new Set(members.map(({ answer }) => releaseOf(answer?.version ?? '')?.line ?? null))
  return lines.size === 1 ? [...lines][0]! : null
}
