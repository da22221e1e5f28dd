/* Records that are whole, behind the place where a log ends for a server. */
import type { LogEnd } from '../../formats/txnlog/scan.ts'

export interface Whole {
  readonly first: bigint
  readonly last: bigint
  readonly records: number
  readonly offset: number
  readonly end: number
}

/** Null: there are none. */
export function wholeBehind(end: LogEnd): Whole | null {
  if (end.kind === 'no-header') return null
  const { hidden, proof, endOfNonZero } = end.rest
  const proven = proof !== null && end.kind === 'records'
  if (hidden === null && !proven) return null
  const first = proven ? proof.zxid : hidden!.firstZxid
  return {
    first,
    last: hidden?.lastZxid ?? first,
    records: (proven ? 1 : 0) + (hidden?.count ?? 0),
    offset: proven ? end.offset : hidden!.offset,
    end: endOfNonZero,
  }
}
