/* config diff: two configurations, two folders of members, or a file and a running member, by what they mean. */
import { compareMembers, type Difference, type Side } from '../../config/compare.ts'
import { releaseFor } from './lint.ts'
import type { LiveLook } from './live.ts'
import { loadMember } from './load.ts'
import { configsAt, type Place } from './places.ts'
import { readable, readMember } from './read-member.ts'

export type { Difference, Side }

export interface DiffOptions {
  readonly a: string
  readonly b: string
  readonly zookeeper?: string | undefined
}

export interface DiffedPair {
  readonly a: string
  readonly b: string
  readonly differences: readonly Difference[]
}

export interface DiffResult {
  readonly verdict: 'equal' | 'different'
  /** Whose defaults stand for what is not set. */
  readonly zookeeper: string
  readonly pairs: readonly DiffedPair[]
  /** Members that the other folder does not have. */
  readonly onlyA: readonly string[]
  readonly onlyB: readonly string[]
}

/** Throws `input.*` for what cannot be read, `usage` for an unknown release. */
export function diffConfigs({ a, b, zookeeper }: DiffOptions): DiffResult {
  const release = releaseFor(zookeeper)
  const [left, right] = [configsAt(a), configsAt(b)]
  const partner = (place: Place, others: readonly Place[]) => others.find(({ name }) => name === place.name)
  const pairs = left.flatMap((place): DiffedPair[] => {
    const other = partner(place, right)
    if (other === undefined) return []
    const [x, y] = [place, other].map(({ file }) => readable(loadMember(file)).member)
    return [{ a: place.file, b: other.file, differences: compareMembers(x!, y!, release) }]
  })
  const alone = (places: readonly Place[], others: readonly Place[]) =>
    places.filter((place) => partner(place, others) === undefined).map(({ file }) => file)
  const [onlyA, onlyB] = [alone(left, right), alone(right, left)]
  const different = onlyA.length + onlyB.length > 0 || pairs.some(({ differences }) => differences.length > 0)
  return { verdict: different ? 'different' : 'equal', zookeeper: release.name, pairs, onlyA, onlyB }
}

export interface DiffLiveOptions extends LiveLook {
  readonly a: string
  /** An id, or `host:port`. */
  readonly member: string
  readonly zookeeper?: string | undefined
}

/** Throws `input.*`, `usage.*`, `server.*`. */
export async function diffRunning(options: DiffLiveOptions, signal: AbortSignal): Promise<DiffResult> {
  const { a, member: wanted, zookeeper } = options
  const release = releaseFor(zookeeper)
  const { member } = readMember(a)
  const { diffLive } = await import('./live.ts')
  const { b, differences } = await diffLive(member, wanted, options, release, signal)
  const pairs = [{ a: member.file, b, differences }]
  return {
    verdict: differences.length > 0 ? 'different' : 'equal',
    zookeeper: release.name,
    pairs,
    onlyA: [],
    onlyB: [],
  }
}
