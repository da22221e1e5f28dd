/*
 * The logs of two members against each other:
 *
 * 1. Both are read side by side, each as a server would read it (read-logs.ts): padding, file boundaries and headers do
 *    not count; what cannot be read is said.
 * 2. Records are paired by zxid (pair.ts). The same bytes are the same; otherwise the transactions are compared
 *    (formats/txnlog/same-txn.ts).
 * 3. What only one side has is judged by the other side's neighbours (ledger.ts).
 *
 * Verdict: diverged when a zxid holds two transactions, or when both go on differently behind a common zxid (a branch);
 * else hole when records are missing inside one side; else prefix when one begins later or ends earlier, or got a
 * snapshot in the place of records; else identical.
 *
 * Memory is constant: two read buffers.
 */
import type { Tail } from '../../formats/txnlog/tail.ts'
import type { Finding } from '../../support/finding.ts'
import { noProgress } from '../../support/progress.ts'
import type { ReadLogsOptions } from '../read-logs.ts'
import { judge } from './judge.ts'
import { type DifferentTxn, type Ledger, ledgerOf, type OnlyRun } from './ledger.ts'
import { pairLogs } from './pair.ts'
import { type ComparedPlace, type RecordAt, Side } from './side.ts'

export interface ComparedSide {
  readonly where: string
  readonly logs: number
  readonly records: number
  readonly firstZxid: bigint | null
  readonly lastZxid: bigint | null
  /** How its last log ends; null when there is none. */
  readonly tail: Tail | null
  /** Records whose zxids came before. */
  readonly repeated: number
}

export interface FirstDifference {
  readonly zxid: bigint
  readonly path: string | null
  /** The first field that differs; `missing` when only one side has the zxid. */
  readonly field: string
  readonly how: string
  /** Where the record lies. */
  readonly sides: readonly ({ readonly where: string } & RecordAt)[]
}

export interface CompareLogsResult {
  readonly verdict: 'identical' | 'prefix' | 'hole' | 'diverged'
  /** The first and the last zxid that both hold. */
  readonly common: { readonly fromZxid: bigint; readonly toZxid: bigint } | null
  /** Under these zxids; `different` hold two transactions, `otherForm` the same one in another form. */
  readonly compared: {
    readonly records: number
    readonly bytes: number
    readonly different: number
    readonly otherForm: number
  }
  readonly firstDifference: FirstDifference | null
  readonly only: readonly OnlyRun[]
  /** Runs that are not listed. */
  readonly onlyOmitted: number
  /** The side whose logs end with the higher zxid; null when they end with the same. */
  readonly wouldWin: string | null
  readonly sides: readonly ComparedSide[]
  readonly findings: readonly Finding[]
}

/** Throws `input.*` when a side cannot be opened or unpacked, or holds no logs. */
export async function compareLogs(
  places: readonly [ComparedPlace, ComparedPlace],
  options: Omit<ReadLogsOptions, 'places'>,
): Promise<CompareLogsResult> {
  const a = await Side.open(places[0], options)
  // they go side by side: one of them tells how far
  const b = await Side.open(places[1], { ...options, progress: noProgress })
  const ledger = ledgerOf(a, b)
  try {
    await pairLogs(a, b, ledger)
  } finally {
    await Promise.all([a.close(), b.close()])
  }
  const found = ledger.end()
  const { common, bytes, different, only, onlyOmitted, forms } = found
  return {
    verdict: verdictOf(found),
    common: common === null ? null : { fromZxid: common.fromZxid, toZxid: common.toZxid },
    compared: {
      records: common?.records ?? 0,
      bytes,
      different: different?.records ?? 0,
      otherForm: Object.values(forms).reduce((sum, { records }) => sum + records, 0),
    },
    firstDifference: firstDifference(a, b, found),
    only,
    onlyOmitted,
    wouldWin: winner(a, b),
    sides: [a, b].map(({ where, logs, records, firstZxid, lastZxid, tail, repeated }) => ({
      where,
      logs,
      records,
      firstZxid,
      lastZxid,
      tail,
      repeated,
    })),
    findings: judge(a, b, found),
  }
}

function verdictOf({ different, kinds }: Ledger): CompareLogsResult['verdict'] {
  if (different !== null || kinds.has('branch')) return 'diverged'
  if (kinds.has('hole')) return 'hole'
  return kinds.size > 0 ? 'prefix' : 'identical'
}

/** In zxid order: two transactions under one zxid, or one that the other side should have. */
function firstDifference(a: Side, b: Side, { firstDifferent, only }: Ledger): FirstDifference | null {
  const missing = only.find(({ kind }) => kind === 'branch' || kind === 'hole')
  if (firstDifferent !== null && (missing === undefined || firstDifferent.zxid < missing.fromZxid)) {
    return differing(a, b, firstDifferent)
  }
  if (missing === undefined) return null
  const { fromZxid, path, at, where } = missing
  const lacking = where === a.where ? b.where : a.where
  return { zxid: fromZxid, path, field: 'missing', how: `${lacking} does not have it`, sides: [{ where, ...at }] }
}

function differing(a: Side, b: Side, one: DifferentTxn): FirstDifference {
  const { zxid, path, field, how } = one
  const sides = [
    { where: a.where, ...one.a },
    { where: b.where, ...one.b },
  ]
  return { zxid, path, field, how, sides }
}

/** As logs alone show it: an election looks at the epoch file first. */
function winner(a: Side, b: Side): string | null {
  const [left, right] = [a.highestZxid, b.highestZxid]
  if (left === right) return null
  if (left === null || right === null) return left === null ? b.where : a.where
  return left > right ? a.where : b.where
}
