import { decodeTxn } from '../../formats/txnlog/decode.ts'
import { pathsOf, textOf } from '../../formats/txnlog/filter.ts'
import type { TxnComparison, TxnForm } from '../../formats/txnlog/same-txn.ts'
import { zxidAt } from '../../formats/txnlog/scan.ts'
import { holeBetween } from '../log-repair/chain.ts'
import type { PairSink } from './pair.ts'
import type { RecordAt, Side } from './side.ts'

/**
 * Why only one side has records. `before`, `behind`: the other one's logs begin later or end earlier. `snapshot-sync`:
 * the other one got a snapshot in their place. `branch`: the other one goes on with a later epoch without them. `hole`:
 * they are missing there.
 */
export type OnlyKind = 'before' | 'behind' | 'snapshot-sync' | 'branch' | 'hole'

/** Records that one side has and the other passes over. */
export interface OnlyRun {
  readonly where: string
  readonly fromZxid: bigint
  readonly toZxid: bigint
  readonly records: number
  readonly kind: OnlyKind
  /** The other side's neighbours. */
  readonly after: bigint | null
  readonly before: bigint | null
  /** Of its first record. */
  readonly path: string | null
  readonly at: RecordAt
}

export interface Range {
  readonly fromZxid: bigint
  readonly toZxid: bigint
  readonly records: number
}

/** A zxid that holds two transactions. */
export interface DifferentTxn {
  readonly zxid: bigint
  readonly path: string | null
  readonly field: string
  readonly how: string
  readonly a: RecordAt
  readonly b: RecordAt
}

/** What was found, side by side. */
export interface Ledger {
  /** zxids that both hold. */
  readonly common: Range | null
  readonly bytes: number
  /** zxids that hold two transactions. */
  readonly different: Range | null
  readonly firstDifferent: DifferentTxn | null
  readonly forms: Readonly<Partial<Record<TxnForm, Range>>>
  /** At most MOST_RUNS; kinds of all. */
  readonly only: readonly OnlyRun[]
  readonly onlyOmitted: number
  readonly kinds: ReadonlySet<OnlyKind>
}

const MOST_RUNS = 1000

/** Writes down what pairLogs tells. Memory is bounded. */
export function ledgerOf(a: Side, b: Side): PairSink & { end(): Ledger } {
  let common: Range | null = null
  let different: Range | null = null
  let firstDifferent: DifferentTxn | null = null
  let bytes = 0
  const forms: Partial<Record<TxnForm, Range>> = {}
  const only: OnlyRun[] = []
  const kinds = new Set<OnlyKind>()
  let onlyOmitted = 0
  let open: Opened | undefined

  const close = () => {
    if (open === undefined) return
    const kind = kindOf(open)
    kinds.add(kind)
    const { side, other, ...run } = open
    if (only.length < MOST_RUNS) only.push({ where: side.where, ...run, before: other.nextZxid, kind })
    else onlyOmitted++
    open = undefined
  }

  return {
    same(rows, span) {
      close()
      common = widened(common, a.nextZxid!, zxidAt(a.batch!, a.row + rows - 1), rows)
      bytes += span
    },
    other(comparison) {
      close()
      const zxid = a.nextZxid!
      common = widened(common, zxid, zxid, 1)
      bytes += a.payload().length + 13
      if (comparison.same)
        for (const form of comparison.forms) forms[form] = widened(forms[form] ?? null, zxid, zxid, 1)
      else {
        different = widened(different, zxid, zxid, 1)
        firstDifferent ??= differentTxn(a, b, comparison)
      }
    },
    only(name, rows) {
      const [side, other] = name === 'a' ? [a, b] : [b, a]
      const again = side.highestZxid === null ? 0 : Math.min(rows, side.rowsBelow(side.highestZxid + 1n))
      side.repeated += again
      if (again === rows) return
      if (open?.side !== side) close()
      const from = zxidAt(side.batch!, side.row + again)
      const to = zxidAt(side.batch!, side.row + rows - 1)
      if (open === undefined) {
        const [path, at] = [firstPath(side.payload(again)), side.at(again)]
        open = { side, other, fromZxid: from, toZxid: to, records: rows - again, after: other.lastZxid, path, at }
      } else open = { ...open, toZxid: to, records: open.records + rows - again }
    },
    end() {
      close()
      return { common, bytes, different, firstDifferent, forms, only, onlyOmitted, kinds }
    },
  }
}

type Opened = Omit<OnlyRun, 'where' | 'kind' | 'before'> & { readonly side: Side; readonly other: Side }

/** Both sides stand behind the run now. */
function kindOf({ side, other, after, toZxid }: Opened): OnlyKind {
  const before = other.nextZxid
  if (after === null) return 'before'
  if (before === null) return 'behind'
  const synced = other.syncSnapshot(after, before) !== undefined
  if (before <= after || holeBetween(after, before) !== undefined) return synced ? 'snapshot-sync' : 'hole'
  // a step to a later epoch looks right without them; whoever got a snapshot then may have missed them
  const next = side.nextZxid
  const goesOn = next !== null && side.syncSnapshot(toZxid, next) === undefined
  return synced && goesOn ? 'snapshot-sync' : 'branch'
}

function widened(range: Range | null, fromZxid: bigint, toZxid: bigint, records: number): Range {
  return range === null
    ? { fromZxid, toZxid, records }
    : { fromZxid: range.fromZxid, toZxid, records: range.records + records }
}

function differentTxn(a: Side, b: Side, { field, how }: TxnComparison & { same: false }): DifferentTxn {
  return { zxid: a.nextZxid!, path: firstPath(a.payload()) ?? firstPath(b.payload()), field, how, a: a.at(), b: b.at() }
}

function firstPath(payload: Uint8Array): string | null {
  const path = pathsOf(decodeTxn(payload).body)[0] ?? null
  return path === null ? null : textOf(path)
}
