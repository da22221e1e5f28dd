/*
 * log chop:
 *
 * 1. All logs are read; the last record with the target zxid is where the cut goes. It is refused when no record has
 *    that zxid, when a log is damaged before it, or when records up to it are not in order.
 * 2. Logs wholly before the cut are copied, the one with the cut up to it, those behind it are left out; every copy gets
 *    the name of its first zxid.
 * 3. What is left out is counted, with the paths that it names.
 *
 * The logs themselves are only read.
 */
import { join } from 'node:path'
import { obstacle } from '../../datadir/new-place.ts'
import { keepStdin } from '../../datadir/stdin-copy.ts'
import { decodeTxn } from '../../formats/txnlog/decode.ts'
import { pathsOf, textOf } from '../../formats/txnlog/filter.ts'
import { LOG_HEADER_BYTES, type LogHeader, writeLogHeader } from '../../formats/txnlog/header.ts'
import { zxidAt } from '../../formats/txnlog/scan.ts'
import { type Change, makePlan, type Refusal, refusedChange } from '../../support/change.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import { headerFindings } from '../file-findings.ts'
import { type LogBatch, type LogDone, openLogs, type ReadLogsOptions } from '../read-logs.ts'
import { HOLES } from '../zxid-findings.ts'
import { orderCheck } from '../zxid-order.ts'
import { type LogDraft, writeDrafts } from './drafts.ts'

export interface ChopOptions extends ReadLogsOptions {
  readonly toZxid: bigint
  readonly output: string
}

/** Paths of dropped transactions that are named. */
const MOST_ZNODES = 1000

/** Throws `input.*` when something cannot be opened or unpacked. */
export async function planChop(options: ChopOptions): Promise<Change> {
  const { output } = options
  // zxids are signed where they are compared
  const toZxid = BigInt.asIntN(64, options.toZxid)
  await keepStdin(options.places, options.signal)
  const { logs, snapshots, read } = await openLogs(options)
  const order = orderCheck(snapshots)
  const findings: Finding[] = []
  const drafts: LogDraft[] = []
  const dropped = droppedTxns()
  const nearest: { below: bigint | null; above: bigint | null } = { below: null, above: null }
  let refused: Refusal | undefined
  let found = false
  let kept: { bytes: number; records: number; firstZxid: bigint; lastZxid: bigint } | undefined
  let dbId = 0n
  const headers: { file: string; header: LogHeader }[] = []

  const keep = (batch: LogBatch, i: number) => {
    const zxid = zxidAt(batch, i)
    const end = batch.table[2 * i]! + batch.base + batch.table[2 * i + 1]! + 13
    kept ??= { bytes: 0, records: 0, firstZxid: zxidAt(batch, 0), lastZxid: zxid }
    kept = { ...kept, bytes: end, records: kept.records + i + 1, lastZxid: zxid }
    dbId = batch.header.dbId
    nearest.below = zxid
  }

  for await (const part of read()) {
    if (part.kind === 'records') {
      const cut = lastUpTo(part, toZxid)
      if (cut >= 0) {
        // behind records that go, one that stays is out of order
        if (dropped.txns() > 0) refused ??= outOfOrder(part, cut)
        order.batch({ ...part, count: cut + 1 })
        found ||= zxidAt(part, cut) === toZxid
        keep(part, cut)
      }
      if (cut + 1 < part.count) nearest.above ??= zxidAt(part, cut + 1)
      dropped.add(part, cut + 1)
      continue
    }
    const problems = [...order.endOfFile().filter(({ severity }) => severity === 'error'), ...part.findings]
    findings.push(...problems)
    if (part.end.kind === 'records' && kept !== undefined)
      headers.push({ file: part.log.file, header: part.end.header })
    if (found) dropped.hidden(part)
    else refused ??= damageBefore(part, problems, part.log === logs.at(-1))
    if (kept !== undefined) {
      const name = `log.${BigInt.asUintN(64, kept.firstZxid).toString(16)}`
      const pieces = [
        { kind: 'bytes', bytes: writeLogHeader(dbId) },
        { kind: 'range', file: part.log.file, from: LOG_HEADER_BYTES, to: kept.bytes },
      ] as const
      const { records, firstZxid, lastZxid } = kept
      if (drafts.some((one) => one.name === name)) refused ??= sameName(name)
      drafts.push({ name, pieces, records, firstZxid, lastZxid })
    }
    kept = undefined
  }

  findings.push(...headerFindings(headers), ...snapshotsAbove(snapshots, toZxid))
  if (!found) refused = notThere(toZxid, nearest)
  const blocked = await obstacle(output)
  if (blocked !== undefined) refused ??= { code: blocked.code, why: blocked.why, counterexample: null }
  const loses = dropped.loss()
  const plan = makePlan({
    kind: 'log chop',
    base: { logs: logs.map(({ file }) => file), toZxid },
    steps: drafts.map(({ name, records, firstZxid, lastZxid }) => ({
      action: 'write',
      target: join(output, name),
      detail: `${records} records, ${hex64(firstZxid)} to ${hex64(lastZxid)}`,
      reversible: true,
    })),
    loses,
    undo: `The given logs are not changed; remove ${output}.`,
  })
  if (refused !== undefined) return refusedChange(plan, refused, findings)
  return {
    plan,
    refused: null,
    findings,
    apply: async () => {
      const verified = await writeDrafts(drafts, [], options)
      return { stepsDone: plan.steps.length, verified, journal: null, undo: null }
    },
  }
}

/** Index of the last record with a zxid up to `zxid`; -1 when there is none. */
function lastUpTo(batch: LogBatch, zxid: bigint): number {
  let i = batch.count - 1
  while (i >= 0 && zxidAt(batch, i) > zxid) i--
  return i
}

function droppedTxns() {
  const znodes = new Set<string>()
  let txns = 0
  let bytes = 0
  let firstZxid: bigint | null = null
  let lastZxid: bigint | null = null
  return {
    txns: () => txns,
    add(batch: LogBatch, from: number) {
      for (let i = from; i < batch.count; i++) {
        const at = batch.table[2 * i]! + 12
        const length = batch.table[2 * i + 1]!
        bytes += length + 13
        if (znodes.size < MOST_ZNODES) {
          for (const path of pathsOf(decodeTxn(batch.bytes, at, at + length).body)) {
            if (path !== null && znodes.size < MOST_ZNODES) znodes.add(textOf(path))
          }
        }
      }
      if (from >= batch.count) return
      txns += batch.count - from
      firstZxid ??= zxidAt(batch, from)
      lastZxid = zxidAt(batch, batch.count - 1)
    },
    /** Valid records behind damage, which no reader sees. */
    hidden({ end }: LogDone) {
      if (end.kind !== 'records') return
      bytes += end.rest.endOfNonZero - end.offset
      if (end.rest.hidden === null) return
      txns += end.rest.hidden.count
      firstZxid ??= end.rest.hidden.firstZxid
      lastZxid = end.rest.hidden.lastZxid
    },
    loss: () => ({ txns, firstZxid, lastZxid, znodes: [...znodes], bytes }),
  }
}

/** Snapshots that hold what is dropped. */
function snapshotsAbove(snapshots: readonly bigint[], toZxid: bigint): Finding[] {
  return snapshots
    .filter((snapshot) => snapshot > toZxid)
    .map((snapshot) => ({
      code: 'log.snapshot-above',
      severity: 'warning',
      message: `snapshot.${BigInt.asUintN(64, snapshot).toString(16)} lies above the cut: a server that finds it has the dropped transactions all the same`,
      zxid: snapshot,
      remedy: 'Move it away before a server is started on the result.',
    }))
}

function notThere(zxid: bigint, { below, above }: { below: bigint | null; above: bigint | null }): Refusal {
  return {
    code: 'refused.not-a-boundary',
    why:
      below === null
        ? `${hex64(zxid)} lies before the first record`
        : `no record has the zxid ${hex64(zxid)}, so nothing can end with it`,
    counterexample: { before: below, behind: above },
  }
}

function outOfOrder(batch: LogBatch, i: number): Refusal {
  return {
    code: 'refused.out-of-order',
    why: `${batch.log.file} holds ${hex64(zxidAt(batch, i))} behind records that would be dropped: the logs are not in order`,
    counterexample: { zxid: zxidAt(batch, i), file: batch.log.file },
  }
}

function sameName(name: string): Refusal {
  return {
    code: 'refused.same-name',
    why: `two of the logs would become ${name}: they begin with the same zxid`,
    counterexample: { name },
  }
}

/** Something between the first record and the cut that a copy must not carry on. */
function damageBefore(part: LogDone, problems: readonly Finding[], isLast: boolean): Refusal | undefined {
  // what is missing is missing in the copy as well, and said
  const problem = problems.find(({ code, severity }) => severity === 'error' && !HOLES.has(code))
  if (problem === undefined && (part.tail !== 'torn' || isLast)) return undefined
  return {
    code: 'refused.damaged',
    why: `${part.log.file} cannot be read up to the cut (${problem?.message ?? 'it ends in an incomplete record'}): salvage it first`,
    counterexample: { finding: problem?.code ?? 'log.torn-tail', file: part.log.file, offset: problem?.offset ?? null },
  }
}
