import { permsText } from '../txnlog/perms.ts'
import type { AclList } from '../txnlog/types.ts'
import type { AclTable } from './acls.ts'

const SMALL = 2 ** 26

/**
 * Whether two access lists of two snapshots, by the words of their references, grant the same to the same; the order of
 * entries does not count. A list that its snapshot does not define is like no other but an undefined one.
 */
export function sameAcls(
  before: AclTable,
  after: AclTable,
): (b1: number, b2: number, a1: number, a2: number) => boolean {
  const known = new Map<number, boolean>()
  return (b1, b2, a1, a2) => {
    const key = small(b1, b2) * SMALL + small(a1, a2)
    let same = known.get(key)
    if (same === undefined) {
      same = listKey(before.list(refOf(b1, b2))) === listKey(after.list(refOf(a1, a2)))
      if (!Number.isNaN(key)) known.set(key, same)
    }
    return same
  }
}

/** A small number for a reference as servers make them; NaN for others. */
function small(high: number, low: number): number {
  if (high === 0xffffffff && low === 0xffffffff) return 0
  return high === 0 && low < SMALL - 1 ? low + 1 : Number.NaN
}

function refOf(high: number, low: number): bigint {
  return BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low))
}

function listKey(list: AclList | undefined): string {
  if (list === undefined) return 'undefined'
  if (list === null) return 'null'
  const text = (bytes: Uint8Array | null) => (bytes === null ? null : Buffer.from(bytes).toString('latin1'))
  return JSON.stringify(
    list.map(({ perms, scheme, id }) => JSON.stringify([permsText(perms), text(scheme), text(id)])).sort(),
  )
}
