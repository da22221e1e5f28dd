/** A point in the history of a tree. Both inclusive; neither: the latest that the files hold. */
export interface Moment {
  readonly zxid?: bigint
  /** Milliseconds since 1970, by the leader's clock. */
  readonly timeMs?: number
}
