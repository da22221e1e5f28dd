/*
 * Logs and what is taken of them: the rising chain of valid runs. What is not taken is quarantined; what is missing
 * between two runs is a hole.
 */
import { basename, join } from 'node:path'
import type { LogFile } from '../../datadir/log-files.ts'
import { createKernel } from '../../formats/kernel/create.ts'
import { writeLogHeader } from '../../formats/txnlog/header.ts'
import type { Loss, PlanStep } from '../../support/change.ts'
import type { Finding } from '../../support/finding.ts'
import { hex64 } from '../../support/hex.ts'
import type { ReadLogsOptions } from '../read-logs.ts'
import { type Hole, holeBetween, risingChain } from './chain.ts'
import type { FileDraft, LogDraft, Piece } from './drafts.ts'
import { isUsualHeader, piecesOf, type RecordPlace, type Run, type Survey, surveyFile } from './runs.ts'

/** Bytes that are not taken, apart from padding; `zero` when they are all zero. */
export interface Rejected {
  readonly from: number
  readonly to: number
  readonly zero: boolean
}

/** A log and what is taken of it. */
export interface Salvaged {
  readonly survey: Survey
  readonly chain: readonly Run[]
  readonly rejected: readonly Rejected[]
}

/** Surveys each log and chooses what is taken of it. */
export async function salvageAll(
  logs: readonly LogFile[],
  options: Omit<ReadLogsOptions, 'places'>,
): Promise<readonly Salvaged[]> {
  const kernel = createKernel()
  const salvaged: Salvaged[] = []
  for (const log of logs) {
    const survey = await surveyFile(kernel, log, options)
    const chain = risingChain(survey.runs)
    salvaged.push({ survey, chain, rejected: rejectedBytes(survey, chain) })
  }
  return salvaged
}

/** What was put right and what is not taken. */
export function salvageFindings({ survey, chain, rejected }: Salvaged): Finding[] {
  return [
    ...headerFindings(survey, chain),
    ...mendFindings(survey, chain),
    ...rejected.map((range) => quarantineFinding(survey, range)),
  ]
}

/** Damage, and valid records that are not taken; neighbours are one. Zeros behind the last taken record are padding. */
export function rejectedBytes(survey: Survey, chain: readonly Run[]): Rejected[] {
  const end = chain.at(-1)?.to ?? 0
  const taken = new Set(chain)
  const ranges = [
    ...survey.damages
      .filter(({ zero, offset }) => !zero || offset < end)
      .map((one) => ({ ...one, from: one.offset, to: one.end })),
    ...survey.runs.filter((run) => !taken.has(run)).map((run) => ({ from: run.from, to: run.to, zero: false })),
  ].sort((a, b) => a.from - b.from)
  const merged: Rejected[] = []
  for (const { from, to, zero } of ranges) {
    const last = merged.at(-1)
    if (last !== undefined && last.to === from && !last.zero && !zero) merged[merged.length - 1] = { ...last, to }
    else merged.push({ from, to, zero })
  }
  return merged
}

export function quarantineDrafts(salvaged: readonly Salvaged[]): FileDraft[] {
  const drafts: FileDraft[] = []
  const names = new Set<string>()
  for (const { survey, rejected } of salvaged) {
    const { file } = survey.log
    for (const { from, to, zero } of rejected) {
      if (zero) continue
      const plain = `${file === '-' ? 'stdin' : basename(file)}.bytes-${from}-${to}`
      // logs of several places may have the same name
      let name = plain
      for (let n = 2; names.has(name); n++) name = `${plain}.${n}`
      names.add(name)
      drafts.push({ name: join('quarantine', name), pieces: [{ kind: 'range', file, from, to }] })
    }
  }
  return drafts
}

export function stepsOf(
  logs: readonly LogDraft[],
  others: readonly FileDraft[],
  output: string,
): Omit<PlanStep, 'n'>[] {
  return [
    ...logs.map(({ name, records, firstZxid, lastZxid }) => ({
      action: 'write',
      target: join(output, name),
      detail: `${records} records, ${hex64(firstZxid)} to ${hex64(lastZxid)}`,
      reversible: true,
    })),
    ...others.map(({ name, pieces }) => ({
      action: 'quarantine',
      target: join(output, name),
      detail: `${pieces.reduce((sum, piece) => sum + (piece.kind === 'range' ? piece.to - piece.from : 0), 0)} B that are no valid records in their place`,
      reversible: true,
    })),
  ]
}

/** A hole and the records on both sides of it. */
export interface PlacedHole extends Hole {
  readonly left: { readonly file: string; readonly record: RecordPlace }
  readonly right: { readonly file: string; readonly record: RecordPlace }
}

/** Holes inside and between the logs, in zxid order of the logs. */
export function holesOf(salvaged: readonly Salvaged[]): PlacedHole[] {
  const holes: PlacedHole[] = []
  let before: { file: string; run: Run } | undefined
  for (const { survey, chain } of salvaged) {
    for (const run of chain) {
      const { file } = survey.log
      const hole = before === undefined ? undefined : holeBetween(before.run.lastZxid, run.firstZxid)
      if (before !== undefined && hole !== undefined) {
        const left = { file: before.file, record: before.run.last }
        holes.push({ ...hole, left, right: { file, record: run.first } })
      }
      before = { file, run }
    }
  }
  return holes
}

export function lossOf(holes: readonly Hole[], salvaged: readonly Salvaged[]): Loss {
  const bytes = salvaged
    .flatMap(({ rejected }) => rejected)
    .reduce((sum, { from, to, zero }) => sum + (zero ? 0 : to - from), 0)
  const txns = Number(holes.reduce((sum, hole) => sum + (hole.txns ?? 0n), 0n))
  const first = holes[0]
  const last = holes.at(-1)
  return {
    txns,
    firstZxid: first === undefined ? null : first.after + 1n,
    lastZxid: last === undefined ? null : last.before - 1n,
    znodes: [],
    bytes,
  }
}

function headerFindings({ log: { file }, header }: Survey, chain: readonly Run[]): Finding[] {
  if (chain.length === 0 || isUsualHeader(header)) return []
  return [
    {
      code: 'log.mended',
      severity: 'info',
      message: `the header ${header === null ? 'is lost' : 'is not what servers write'}; the new log gets the usual one (ZKLG, version 2, database id 0)`,
      file,
      offset: 0,
      evidence: { wrong: 'header', ...(header === null ? {} : { version: header.version, dbId: header.dbId }) },
    },
  ]
}

function mendFindings({ log: { file } }: Survey, chain: readonly Run[]): Finding[] {
  return chain.flatMap(({ mends }) =>
    mends.map(({ offset, zxid, wrong }) => ({
      code: 'log.mended',
      severity: 'info' as const,
      message: `the record's checksum proves its bytes; its ${MENDS[wrong]} is put right`,
      file,
      offset,
      zxid,
      evidence: { wrong },
    })),
  )
}

const MENDS = { 'checksum-field': 'checksum field', length: 'length field', 'end-mark': 'end mark' } as const

function quarantineFinding({ log: { file } }: Survey, { from, to, zero }: Salvaged['rejected'][number]): Finding {
  return {
    code: 'log.quarantined',
    severity: 'warning',
    message: zero
      ? `bytes ${from} to ${to} are zero where records should be`
      : `bytes ${from} to ${to} are no valid records in their place; they go into quarantine/`,
    file,
    offset: from,
    evidence: { from, to, zero },
  }
}

export function holeFinding({ after, before, txns, right }: PlacedHole): Finding {
  return {
    code: 'log.lost',
    severity: 'error',
    message:
      txns === null
        ? `what came between ${hex64(after)} and ${hex64(before)} is unknown: the end of an epoch is missing`
        : `${txns} transactions are lost, ${hex64(after + 1n)} to ${hex64(before - 1n)}`,
    file: right.file,
    offset: right.record.offset,
    zxid: before,
    evidence: { after, before, txns: txns === null ? null : Number(txns) },
    remedy: "Another member's log may have them: zkops log patch. A server on logs with a hole serves wrong data.",
  }
}

/** As every server writes it. */
const HEADER: Piece = { kind: 'bytes', bytes: writeLogHeader() }

/** Records that fill a hole. */
export interface Fill {
  readonly pieces: readonly Piece[]
  readonly records: number
  readonly firstZxid: bigint
  readonly lastZxid: bigint
}

/** The logs with the holes filled, and a log for each filled hole between two of them. */
export function draftsOf(salvaged: readonly Salvaged[], fills: ReadonlyMap<PlacedHole, Fill> = new Map()): LogDraft[] {
  const byRight = new Map([...fills].map(([{ right }, fill]) => [`${right.file}:${right.record.offset}`, fill]))
  const drafts: LogDraft[] = []
  for (const { survey, chain } of salvaged) {
    if (chain.length === 0) continue
    const { file } = survey.log
    const pieces: Piece[] = [HEADER]
    let records = 0
    const filling = (run: Run) => byRight.get(`${file}:${run.from}`)
    for (const [i, run] of chain.entries()) {
      const found = filling(run)
      if (found !== undefined && i > 0) {
        pieces.push(...found.pieces)
        records += found.records
      } else if (found !== undefined) drafts.push(betweenLogs(found))
      pieces.push(...piecesOf(file, run))
      records += run.records
    }
    const firstZxid = chain[0]!.firstZxid
    drafts.push({ name: nameOf(firstZxid), pieces, records, firstZxid, lastZxid: chain.at(-1)!.lastZxid })
  }
  return drafts
}

function betweenLogs({ pieces, records, firstZxid, lastZxid }: Fill): LogDraft {
  return { name: nameOf(firstZxid), pieces: [HEADER, ...pieces], records, firstZxid, lastZxid }
}

function nameOf(zxid: bigint): string {
  return `log.${BigInt.asUintN(64, zxid).toString(16)}`
}
