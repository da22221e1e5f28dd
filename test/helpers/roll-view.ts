import { membershipOf } from '../../src/cluster/observe/membership.ts'
import type { MemberAnswer, MemberState, ObservedMember } from '../../src/cluster/observe/model.ts'
import { overviewOf } from '../../src/operations/ensemble/overview.ts'
import { type RollView, viewOf } from '../../src/operations/roll/view.ts'

export interface Spec {
  /** `L` leads, `F` follows, `O` observes, `S` is in synchronization, `?` looks, `-` is down; by id from 1. */
  readonly states: string
  readonly observers?: readonly number[]
  /** Lines of groups and weights. */
  readonly more?: readonly string[]
  /** 3.4: no member tells who they are. */
  readonly silent?: boolean
  readonly metrics?: Readonly<Record<number, Readonly<Record<string, number>>>>
  /** Versions of the configuration that differ. */
  readonly versions?: Readonly<Record<number, string>>
  /** What the leader counts; by default what it has. */
  readonly synced?: number
}

const STATES: Readonly<Record<string, MemberState>> = {
  L: 'leading',
  F: 'following',
  O: 'observing',
  S: 'following',
  '?': 'looking',
  '-': 'down',
  A: 'standalone',
}

/** What a roll would see of such members. */
export function rollView(spec: Spec): RollView {
  const { states, observers = [], more = [], silent = false, metrics = {}, versions = {} } = spec
  const ids = [...states].map((_, i) => i + 1)
  const roleOf = (id: number) => (observers.includes(id) ? 'observer' : 'participant')
  const lines = ids.map((id) => `server.${id}=zk${id}:2888:3888:${roleOf(id)};2181`)
  const membership = (id: number) =>
    silent ? null : membershipOf([...lines, ...more, ...`version=${versions[id] ?? '100000000'}`.split('\n')], 'conf')
  const followers = [...states].filter((state, i) => state === 'F' && !observers.includes(i + 1)).length
  const learners = [...states].filter((state) => 'FOS'.includes(state)).length
  const members = ids.map((id): ObservedMember => {
    const letter = states[id - 1]!
    const place = { id, host: `zk${id}`, clientPort: 2181, securePort: null, admin: null, role: null }
    if (letter === '-') return { place: { ...place, role: silent ? null : roleOf(id) }, answer: null, failures: [] }
    const leads = letter === 'L' ? { synced_followers: spec.synced ?? followers, learners } : {}
    const answer = {
      ...{ via: 'admin', state: STATES[letter] as MemberAnswer['state'], id, version: '3.9.5', zxid: 0x100000005n },
      zabState: letter === 'S' ? 'SYNCHRONIZATION' : letter === '?' ? 'ELECTION' : 'BROADCAST',
      ...{ metrics: new Map(Object.entries({ ...leads, ...metrics[id] })), settings: new Map() },
      ...{ membership: membership(id), blind: [], answerMs: 1, voting: null },
    } as MemberAnswer
    return { place, answer, failures: [] }
  })
  const [first] = members.flatMap(({ answer }) => answer?.membership ?? [])
  return viewOf(overviewOf({ at: new Date(0), tookMs: 1, members, membership: first ?? null }))
}
