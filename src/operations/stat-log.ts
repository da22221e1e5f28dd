/*
 * log stat: what is in logs, counted. Reads the records that log dump prints for the same files and filter, so that
 * both agree; everything is counted in one pass.
 *
 * A record counts once for each different path, with all its bytes: its own, those that a closeSession removes, those of
 * the operations inside a multi (a failed operation names none, because the server does not store its path). Memory is
 * constant, unless everything is to be counted exactly.
 */
import { diskSize } from '../datadir/disk-size.ts'
import type { TxnFilter } from '../formats/txnlog/filter.ts'
import { FIELD, payloadLimit, zxidAt } from '../formats/txnlog/scan.ts'
import { createTally } from '../formats/txnlog/tally/create.ts'
import { BOUNDS, type Tally } from '../formats/txnlog/tally/tally.ts'
import type { Finding } from '../support/finding.ts'
import { type DumpBatch, type DumpEnd, dumpLogs } from './dump-log.ts'
import { largestRecords } from './log-stat/largest.ts'
import { listsOf } from './log-stat/lists.ts'
import { isoTime, rateMeter } from './log-stat/rates.ts'
import type { StatFile, StatLogResult } from './log-stat/result.ts'
import type { ReadLogsOptions } from './read-logs.ts'

export interface StatLogOptions extends ReadLogsOptions {
  readonly filter: TxnFilter
  /** Rows of each list. */
  readonly top: number
  /** Components of the prefixes, from 1. */
  readonly depth: number
  /** Count every path, however many there are. */
  readonly exact: boolean
}

/** Throws `input.*` when a place is missing or holds no logs, or when exact counts need more memory than there is. */
export async function statLogs(options: StatLogOptions): Promise<StatLogResult> {
  const { top, depth, exact } = options
  const files: StatFile[] = []
  const findings: Finding[] = []
  const largest = largestRecords(top)
  const rates = rateMeter()
  let tally: Tally | undefined
  let range = NO_RANGE
  let fileTxns = 0
  let readable = true
  for await (const part of dumpLogs(options)) {
    if (part.kind === 'records') {
      fileTxns += part.count
      range = extended(range, part)
      largest.add(part)
      rates.add(part)
      tally ??= createTally(part.kernel, payloadLimit(options.juteMaxbuffer), { bounds: exact ? null : BOUNDS, depth })
      // last: it may make the memory larger, which ends the views of this batch
      tally.add(part)
      continue
    }
    files.push(await statFile(part, fileTxns))
    fileTxns = 0
    findings.push(...part.findings)
    readable &&= part.readable
  }
  const { bytes, dataBytes, ...lists } = listsOf(tally?.result(), top)
  return {
    txns: sum(files, ({ txns }) => txns),
    bytes,
    ...range,
    ...lists,
    depth,
    largest: largest.result(),
    rates: rates.result(),
    files,
    amplification: {
      dataBytes,
      recordsPerData: quotient(bytes, dataBytes),
      allocatedPerUsed: allocatedPerUsed(files),
    },
    findings,
    readable,
  }
}

type Range = Pick<StatLogResult, 'fromZxid' | 'toZxid' | 'firstTime' | 'lastTime'>

const NO_RANGE: Range = { fromZxid: null, toZxid: null, firstTime: null, lastTime: null }

function extended({ fromZxid, firstTime }: Range, batch: DumpBatch): Range {
  const last = batch.count - 1
  const isFirst = fromZxid === null
  return {
    fromZxid: isFirst ? zxidAt(batch, 0) : fromZxid,
    toZxid: zxidAt(batch, last),
    firstTime: isFirst ? timeAt(batch, 0) : firstTime,
    lastTime: timeAt(batch, last),
  }
}

function timeAt({ view, table }: DumpBatch, row: number): string | null {
  return isoTime(Number(view.getBigInt64(table[2 * row]! + FIELD.timeMs)))
}

async function statFile({ log: { file }, end }: DumpEnd, txns: number): Promise<StatFile> {
  const usedBytes = end.kind === 'records' ? end.offset : 0
  const { apparentBytes, allocatedBytes } = (await diskSize(file)) ?? { apparentBytes: null, allocatedBytes: null }
  return { file, txns, bytes: end.bytes, usedBytes, apparentBytes, allocatedBytes }
}

/** Over the files whose blocks are known. */
function allocatedPerUsed(files: readonly StatFile[]): number | null {
  const known = files.filter(({ allocatedBytes }) => allocatedBytes !== null)
  return quotient(
    sum(known, ({ allocatedBytes }) => allocatedBytes!),
    sum(known, ({ usedBytes }) => usedBytes),
  )
}

function sum<T>(list: readonly T[], of: (one: T) => number): number {
  return list.reduce((total, one) => total + of(one), 0)
}

function quotient(a: number, b: number): number | null {
  return b === 0 ? null : Math.round((a / b) * 1000) / 1000
}
