/*
 * What is valid in a log, as runs: records that are neighbours in the file and follow each other by zxid. Between two
 * runs lies damage, a hole in the zxids, or both.
 */
import { openSource } from '../../datadir/byte-source.ts'
import type { LogFile } from '../../datadir/log-files.ts'
import type { Kernel } from '../../formats/kernel/kernel.ts'
import type { LogHeader } from '../../formats/txnlog/header.ts'
import { FIELD, payloadLimit, type RecordBatch, zxidAt } from '../../formats/txnlog/scan.ts'
import { type Damage, type MendedRecord, surveyLog } from '../../formats/txnlog/survey.ts'
import { ZkopsError } from '../../support/errors.ts'
import type { ReadLogsOptions } from '../read-logs.ts'
import type { Piece } from './drafts.ts'

/** A record of a run whose payload is proven, and what was wrong around it. */
export interface Mend extends Pick<MendedRecord, 'offset' | 'bytesThere' | 'head' | 'payloadBytes' | 'wrong'> {
  readonly zxid: bigint
}

/** Where a record lies: file offset, and size of its payload in bytes. */
export interface RecordPlace {
  readonly offset: number
  readonly payloadBytes: number
}

export interface Run {
  readonly from: number
  readonly to: number
  readonly records: number
  readonly first: RecordPlace
  readonly last: RecordPlace
  readonly firstZxid: bigint
  readonly lastZxid: bigint
  readonly mends: readonly Mend[]
}

export interface Survey {
  readonly log: LogFile
  /** Null when it is lost. */
  readonly header: LogHeader | null
  readonly bytes: number
  readonly paddingBytes: number
  readonly runs: readonly Run[]
  readonly damages: readonly Damage[]
}

/** Reads a whole log. Throws `input.*` when it cannot be opened or unpacked. */
export async function surveyFile(
  kernel: Kernel,
  log: LogFile,
  { juteMaxbuffer, signal, progress }: Omit<ReadLogsOptions, 'places'>,
): Promise<Survey> {
  const source = await openSource(log.file, signal)
  try {
    progress.start(log.file, source.compression === 'none' ? source.sizeBytes : undefined, 'bytes')
    let bytesRead = 0
    const read = async (into: Uint8Array): Promise<number> => {
      const count = await source.read(into)
      progress.update((bytesRead += count))
      return count
    }
    const runs = runBuilder(log.file)
    const damages: Damage[] = []
    const parts = surveyLog(kernel, read, payloadLimit(juteMaxbuffer))
    for (;;) {
      const next = await parts.next()
      if (next.done) return { log, ...next.value, runs: runs.end(), damages }
      if (next.value.kind === 'damage') {
        damages.push(next.value)
        runs.cut()
      } else runs.add(next.value)
    }
  } finally {
    await source.close()
    progress.finish()
  }
}

/** Each is an object of its own: bounds the memory that a heap of ruins takes. */
const MOST_RUNS = 1_000_000

function tooManyPieces(file: string): ZkopsError {
  return new ZkopsError('input.too-damaged', `${file} is in more than ${MOST_RUNS} pieces`, {
    file,
    hint: 'Let the member resync, or restore a backup: there is no chain of transactions in this file.',
  })
}

type OpenRun = { -readonly [K in keyof Run]: Run[K] } & { mends: Mend[] }

function runBuilder(file: string) {
  const runs: Run[] = []
  let open: OpenRun | undefined
  /** The last zxid as two halves, so that no BigInt is made per record. */
  let high = 0
  let low = 0

  const start = (first: RecordPlace, zxid: bigint) => {
    if (runs.length === MOST_RUNS) throw tooManyPieces(file)
    const from = first.offset
    open = { from, to: from, records: 0, first, last: first, firstZxid: zxid, lastZxid: zxid, mends: [] }
    runs.push(open)
  }
  /** Closes the open run at the record before row `i`. */
  const close = ({ table, base }: RecordBatch, i: number, zxid: bigint) => {
    if (open === undefined) return
    open.lastZxid = zxid
    if (i > 0) open.last = { offset: table[2 * i - 2]! + base, payloadBytes: table[2 * i - 1]! }
  }

  return {
    add(part: RecordBatch & { kind: 'records' | 'mended' }) {
      const { view, table, count, base } = part
      for (let i = 0; i < count; i++) {
        const at = table[2 * i]!
        const nextHigh = view.getInt32(at + FIELD.zxid)
        const nextLow = view.getUint32(at + FIELD.zxid + 4)
        const follows =
          open !== undefined &&
          ((nextHigh === high && (nextLow === low + 1 || nextLow === low)) || (nextHigh > high && nextLow === 1))
        if (!follows) {
          close(part, i, zxidOf(high, low))
          start({ offset: at + base, payloadBytes: table[2 * i + 1]! }, zxidAt(part, i))
        }
        open!.records++
        open!.to = at + base + table[2 * i + 1]! + 13
        high = nextHigh
        low = nextLow
      }
      close(part, count, zxidAt(part, count - 1))
      if (part.kind === 'mended') {
        const { offset, bytesThere, head, payloadBytes, wrong } = part as MendedRecord
        open!.to = offset + bytesThere
        open!.mends.push({ offset, bytesThere, head, payloadBytes, wrong, zxid: open!.lastZxid })
      }
    },
    cut() {
      open = undefined
    },
    end: () => runs,
  }
}

function zxidOf(high: number, low: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low)
}

/** A run's records as they should stand in a log: ranges of the file, with mended records put right. */
export function piecesOf(file: string, run: Run): Piece[] {
  const pieces: Piece[] = []
  let at = run.from
  for (const { offset, bytesThere, head, payloadBytes } of run.mends) {
    if (offset > at) pieces.push({ kind: 'range', file, from: at, to: offset })
    pieces.push({ kind: 'bytes', bytes: head })
    pieces.push({ kind: 'range', file, from: offset + 12, to: offset + 12 + payloadBytes })
    pieces.push({ kind: 'bytes', bytes: Uint8Array.of(0x42) })
    at = offset + bytesThere
  }
  if (run.to > at) pieces.push({ kind: 'range', file, from: at, to: run.to })
  return pieces
}

/** Whether a header is what every server writes; no server looks at more than the magic. */
export function isUsualHeader(header: LogHeader | null): boolean {
  return header !== null && header.version === 2 && header.dbId === 0n
}

/** What is wrong with a log that no run covers, apart from padding. */
export function isWhole({ header, runs, damages }: Survey): boolean {
  return header !== null && damages.length === 0 && runs.every(({ mends }) => mends.length === 0)
}
