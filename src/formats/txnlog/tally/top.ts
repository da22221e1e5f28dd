import type { KeyCounts } from './tally.ts'

/** A key with what was counted for it. */
export interface KeyCount {
  readonly key: Uint8Array
  readonly count: number
  readonly bytes: number
  /** So much more may it really have. */
  readonly missed: number
}

interface Row {
  readonly count: number
  readonly bytes: number
  readonly ref: number
}

/** The `most` keys with the highest counts: by count, then bytes, then key. Memory by what is asked for. */
export function topOf(counts: KeyCounts, most: number): KeyCount[] {
  const order = (a: Row, b: Row): number =>
    b.count - a.count || b.bytes - a.bytes || Buffer.compare(counts.keyAt(a.ref), counts.keyAt(b.ref))
  let rows: Row[] = []
  let last: Row | undefined
  const cut = () => {
    rows = rows.sort(order).slice(0, most)
    last = rows[most - 1]
  }
  counts.each((count, bytes, ref) => {
    const row = { count, bytes, ref }
    if (last === undefined || order(row, last) < 0) rows.push(row)
    if (rows.length >= 2 * most + 256) cut()
    return last?.count ?? 0
  })
  cut()
  return rows.map(({ count, bytes, ref }) => ({
    key: counts.keyAt(ref).slice(),
    count,
    bytes,
    missed: counts.missedAt(ref),
  }))
}
