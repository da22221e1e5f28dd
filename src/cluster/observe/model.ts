/* What is known of a member, whatever release it is and whatever source told it. */
import type { Role } from '../../config/verdict/server-line.ts'
import type { TlsMaterial } from '../exchange.ts'
import type { Membership } from './membership.ts'

export type Source = 'admin' | '4lw' | 'client'

/** Where a member can be asked. Null: not known, or there is none. */
export interface MemberPlace {
  readonly id: number | null
  readonly host: string
  readonly clientPort: number | null
  /** Where clients connect with TLS; asked in place of the plain port when there is no plain one. */
  readonly securePort: number | null
  /** The client port is that of another member, so whoever answers there must not say that it is somebody else. */
  readonly guessed?: boolean
  /** Of its server line: what an AdminServer has to show where no port of clients is known. */
  readonly quorumPort?: number | undefined
  /** The port is a guess unless it was written down somewhere: whoever answers must prove to be the member. */
  readonly admin: { readonly host: string; readonly port: number } | null
  readonly role: Role | null
}

/** AdminServers have it unless told otherwise; on a host with several servers it is one of theirs. */
export const GUESSED_ADMIN_PORT = 8080

export const placeKey = ({ host, clientPort, securePort }: MemberPlace): string => `${host}:${clientPort ?? securePort}`

export interface ObserveOptions {
  /** For one member, over all its sources together. */
  readonly timeoutMs: number
  readonly tls: TlsMaterial | null
  /** False: only those that are named are asked, and nothing is read to find others. */
  readonly discover?: boolean
  /** Who was met before, by `placeKey`. */
  readonly met?: Readonly<Record<string, Pick<MemberPlace, 'id' | 'role'>>> | undefined
  readonly signal?: AbortSignal | undefined
  /** How one member is asked. */
  readonly ask?: ((place: MemberPlace, options: ObserveOptions) => Promise<ObservedMember>) | undefined
}

/**
 * `looking`: it answers but does not serve (no leader, still syncing, or starting). `serving`: it does, but nothing that
 * may be asked says as what. `unknown`: it answers, but may not be asked; or where to ask it is not known. `down`: no
 * answer that can be believed.
 */
export type MemberState =
  | 'leading'
  | 'following'
  | 'observing'
  | 'standalone'
  | 'read-only'
  | 'looking'
  | 'serving'
  | 'unknown'
  | 'down'

/** Numbers by mntr's names of the newest release, without `zk_`; other releases' and sources' names are mapped to them. */
export type Metrics = ReadonlyMap<string, number>

/** Something that could not be seen, and what would show it. */
export interface Blind {
  readonly what: string
  readonly why: string
  readonly setting: string
}

export interface MemberAnswer {
  readonly via: Source
  readonly state: Exclude<MemberState, 'down'>
  /** What it says itself. */
  readonly id: number | null
  readonly version: string | null
  readonly zxid: bigint | null
  /** What it does inside the protocol: election, discovery, synchronization, broadcast. 3.6 on. */
  readonly zabState: string | null
  /** Whether it has a vote, by its own configuration; the AdminServer tells. */
  readonly voting: boolean | null
  readonly metrics: Metrics
  /** Limits and times that it runs with, by their names in zoo.cfg. */
  readonly settings: ReadonlyMap<string, string>
  readonly membership: Membership | null
  readonly blind: readonly Blind[]
  /** From the question to the last answer. */
  readonly answerMs: number
}

export interface SourceFailure {
  readonly source: Source
  /** Of the error. */
  readonly code: string
  readonly message: string
}

export interface ObservedMember {
  readonly place: MemberPlace
  readonly answer: MemberAnswer | null
  readonly failures: readonly SourceFailure[]
}

export function stateOf(member: ObservedMember): MemberState {
  return member.answer?.state ?? (isPlaced(member) ? 'down' : 'unknown')
}

/** Whether it was asked where it must be: of a member whose client port nobody tells, silence says nothing. */
function isPlaced({ place, failures }: ObservedMember): boolean {
  const { clientPort, securePort, guessed = false } = place
  if (clientPort === null && securePort === null) return false
  return !(guessed && failures.some(({ source, code }) => source !== 'admin' && code === 'server.other'))
}

/** Its id: as it says, else as the configuration calls it. */
export function idOf({ place, answer }: ObservedMember): number | null {
  return place.id ?? answer?.id ?? null
}

export const epochOf = (zxid: bigint): bigint => zxid >> 32n

export const counterOf = (zxid: bigint): bigint => zxid & 0xffff_ffffn
