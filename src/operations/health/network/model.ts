/* Who is to be reached, from where, and what came of it. */

import type { MemberState } from '../../../cluster/observe/model.ts'
import type { Reach } from '../../../cluster/reach.ts'

export type PortKind = 'client' | 'quorum' | 'election'

export interface PeerAddress {
  readonly host: string
  readonly quorumPort: number
  /** Null: it has none (3.4 with electionAlg=0). */
  readonly electionPort: number | null
}

export interface NetworkMember {
  /** Its id, or where it was asked. */
  readonly name: string
  readonly id: number | null
  readonly role: 'participant' | 'observer' | null
  readonly state: MemberState
  /** Where clients connect, in plain or with TLS; null: not known. */
  readonly client: { readonly host: string; readonly port: number } | null
  /** As servers know it; empty: not known. */
  readonly peers: readonly PeerAddress[]
  /** It takes connections of clients and answers nobody: as its sources failed. */
  readonly silent: string | null
}

/** A place to look from: this machine, or a member by its name. */
export const HERE = 'here'

export interface Link {
  readonly from: string
  readonly to: string
  readonly port: PortKind
  readonly host: string
  readonly number: number
}

export interface TriedLink extends Link, Reach {}

/**
 * `ok`: as it must be. `idle`: a quorum port that nobody listens on, because its member does not lead. `fault`: in the way
 * of something. `unjudged`: nobody needs it from there, or the member is down.
 */
export type LinkVerdict = 'ok' | 'idle' | 'fault' | 'unjudged'

export interface JudgedLink extends TriedLink {
  readonly verdict: LinkVerdict
}

/** What names mean, seen from one place; null: it could not be asked. */
export interface NamesSeen {
  readonly from: string
  readonly names: ReadonlyMap<string, readonly string[] | null>
}
