/*
 * A transaction as values. Strings stay bytes (Jute's ustring; null is possible everywhere), so that writing a decoded
 * record gives the identical bytes; they become text only to be shown.
 */

/** A ustring as stored. */
export type Text = Uint8Array | null

/** TxnHeader: who did it, in which order, when. 64-bit values are signed here, as stored. */
export interface TxnHeader {
  readonly session: bigint
  readonly cxid: number
  readonly zxid: bigint
  /** Milliseconds since 1970, the leader's clock. */
  readonly timeMs: bigint
  /** Op code; see OP. */
  readonly type: number
}

/** data.ACL: perms READ 1, WRITE 2, CREATE 4, DELETE 8, ADMIN 16. */
export interface Acl {
  readonly perms: number
  readonly scheme: Text
  readonly id: Text
}

/** A null vector is something else than an empty one. */
export type AclList = readonly Acl[] | null

export interface CreateTxn {
  readonly kind: 'create'
  readonly path: Text
  readonly data: Uint8Array | null
  readonly acl: AclList
  readonly ephemeral: boolean
  /** The parent's cversion after this create; null in the form that 3.3 wrote (CreateTxnV0). */
  readonly parentCversion: number | null
}

export interface CreateContainerTxn {
  readonly kind: 'createContainer'
  readonly path: Text
  readonly data: Uint8Array | null
  readonly acl: AclList
  readonly parentCversion: number
}

export interface CreateTtlTxn {
  readonly kind: 'createTTL'
  readonly path: Text
  readonly data: Uint8Array | null
  readonly acl: AclList
  readonly parentCversion: number
  /** Milliseconds. */
  readonly ttlMs: bigint
}

export interface DeleteTxn {
  readonly kind: 'delete'
  readonly path: Text
}

export interface SetDataTxn {
  readonly kind: 'setData'
  readonly path: Text
  readonly data: Uint8Array | null
  /** The new version. */
  readonly version: number
}

export interface SetAclTxn {
  readonly kind: 'setACL'
  readonly path: Text
  readonly acl: AclList
  /** The new aversion. */
  readonly version: number
}

export interface CheckTxn {
  readonly kind: 'check'
  readonly path: Text
  /** The expected version plus one, as the server stores it. */
  readonly version: number
}

/** One operation of a multi; `type` -1 is a failed one. */
export interface SubTxn {
  readonly type: number
  /** The stored buffer; null is possible. */
  readonly data: Uint8Array | null
  /** `data` decoded by its type; `unknown` when that does not work (a failed one may hold its old body). */
  readonly body: TxnBody
}

export interface MultiTxn {
  readonly kind: 'multi'
  readonly ops: readonly SubTxn[] | null
}

export interface ErrorTxn {
  readonly kind: 'error'
  /** KeeperException code. */
  readonly code: number
}

export interface CreateSessionTxn {
  readonly kind: 'createSession'
  readonly timeoutMs: number
}

export interface CloseSessionTxn {
  readonly kind: 'closeSession'
  /** Ephemerals that go with it, from 3.6 on; null when the record carries no list, or a null one. */
  readonly paths: readonly Text[] | null
  /** Tells a null list from none. */
  readonly hasBody: boolean
}

export interface UnknownTxn {
  readonly kind: 'unknown'
  readonly bytes: Uint8Array
}

export type TxnBody =
  | CreateTxn
  | CreateContainerTxn
  | CreateTtlTxn
  | DeleteTxn
  | SetDataTxn
  | SetAclTxn
  | CheckTxn
  | MultiTxn
  | ErrorTxn
  | CreateSessionTxn
  | CloseSessionTxn
  | UnknownTxn

/** The digest of the whole tree after the transaction (3.6 on); version 2 in every release. */
export interface TxnDigest {
  readonly version: number
  readonly value: bigint
}

export interface Txn {
  readonly header: TxnHeader
  readonly body: TxnBody
  readonly digest: TxnDigest | null
  /** Bytes behind all that; readers ignore them, a faithful copy keeps them. */
  readonly trailing: Uint8Array
}
