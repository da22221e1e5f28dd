/* The configuration as each member has it, and what lies beside it on this machine. */
import { existsSync, readFileSync } from 'node:fs'
import { configZnode } from '../../cluster/observe/from-client.ts'
import { type Membership, membershipOf } from '../../cluster/observe/membership.ts'
import { idOf, type ObservedMember } from '../../cluster/observe/model.ts'
import type { Target } from '../inventory/target.ts'

export interface MemberConfig {
  readonly id: number
  readonly member: ObservedMember
  readonly membership: Membership | null
}

/** By what was observed, else by a session with this member alone. */
export async function configOf(member: ObservedMember, target: Target, signal: AbortSignal): Promise<MemberConfig> {
  const id = idOf(member) ?? -1
  const seen = member.answer?.membership ?? null
  if (seen?.version != null || member.answer === null) return { id, member, membership: seen }
  const { place } = member
  if (target.tls !== null || place.clientPort === null || member.answer.version?.startsWith('3.4.') === true) {
    return { id, member, membership: null }
  }
  const deadline = performance.now() + target.timeoutMs
  const membership = await configZnode({ place, tls: null, deadline, signal }).catch(() => null)
  signal.throwIfAborted()
  return { id, member, membership }
}

export function newestOf(configs: readonly MemberConfig[]): Membership | null {
  const kept = configs.flatMap(({ membership }) => (membership?.version == null ? [] : [membership]))
  return kept.sort((a, b) => (a.version! < b.version! ? 1 : -1))[0] ?? null
}

/** In broadcast, where the release tells it; else it serves. */
export function isSynced({ answer }: ObservedMember): boolean {
  if (answer === null) return false
  if (answer.zabState !== null) return answer.zabState.toLowerCase() === 'broadcast'
  return ['leading', 'following', 'observing'].includes(answer.state)
}

export interface Proposal {
  readonly member: number | null
  readonly file: string
  readonly version: bigint
}

/** What lies on this machine. */
export function proposalsOf({ source, servers }: Target): readonly Proposal[] {
  const files =
    source.kind === 'config'
      ? [{ member: null, config: source.file }]
      : servers.flatMap(({ id, config }) => (config === null ? [] : [{ member: id, config }]))
  return files.flatMap(({ member, config }) => {
    const file = `${config}.dynamic.next`
    if (!existsSync(file)) return []
    const { version } = membershipOf(readFileSync(file, 'latin1').split('\n'), 'file') ?? { version: null }
    return [{ member, file, version: version ?? 0n }]
  })
}
