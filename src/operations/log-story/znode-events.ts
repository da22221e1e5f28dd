/* What a change made of a znode, and what it was before. */
import type { AclList } from '../../formats/txnlog/types.ts'

export type ZnodeKind = 'persistent' | 'ephemeral' | 'container' | 'ttl'

/**
 * Why a znode went. session-closed: its owner was closed by its client; session-expired: by the servers, which is an
 * expiry as a rule (the record says no more). multi: deleted inside a multi.
 */
export type Cause =
  | 'explicit'
  | 'multi'
  | 'session-closed'
  | 'session-expired'
  | 'container'
  | 'ttl'
  | 'container-or-ttl'

/** As far as the logs tell: what is absent is not known. */
export interface ZnodeState {
  readonly data?: Uint8Array | null
  /** Null for null data; may be known where the data is not kept. */
  readonly dataBytes?: number | null
  readonly version?: number
  readonly acl?: AclList
  readonly aversion?: number
}

export interface ZnodeEvent {
  readonly zxid: bigint
  readonly timeMs: bigint
  /** Who did it; 0 for the servers' own clean-up. */
  readonly session: bigint
  readonly cxid: number
  readonly file: string
  readonly offset: number
  /** Op code of the record, or of the operation inside a multi. */
  readonly type: number
  readonly inMulti: boolean
  readonly path: string
  readonly change: 'created' | 'data' | 'acl' | 'deleted'
  /** Of a deletion. */
  readonly cause?: Cause
  /** Deleted by a multi that deleted the parent, too. */
  readonly withParent?: boolean
  /**
   * Created although it was there by these logs: it went in a way that writes no record (a hole in the logs; a start
   * without extendedTypesEnabled, which drops TTL znodes; ephemerals whose session a start does not know).
   */
  readonly unrecordedEnd?: boolean
  /** Absent when the znode was created before these logs. */
  readonly kind?: ZnodeKind
  /** The session of an ephemeral. */
  readonly owner?: bigint
  readonly ttlMs?: bigint
  /** The data's, after the change; the last known one of what was deleted. */
  readonly version?: number
  /** Null: there was none. */
  readonly before: ZnodeState | null
  /** Null: there is none any more. */
  readonly after: ZnodeState | null
}
