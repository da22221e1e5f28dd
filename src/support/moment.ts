/** A point in the history of a tree. Both inclusive; neither: the latest that the files hold. */
export interface Moment {
  readonly zxid?: bigint
  /** Milliseconds since 1970, by the leader's clock. */
  readonly timeMs?: number
}

/** A moment that a snapshot is built of. */
export type BuildMoment =
  | { readonly kind: 'at'; readonly at: Moment }
  /** Right before this transaction. */
  | { readonly kind: 'before'; readonly zxid: bigint }
  /** Right before the last transaction that deletes this znode. */
  | { readonly kind: 'before-delete'; readonly path: string }
